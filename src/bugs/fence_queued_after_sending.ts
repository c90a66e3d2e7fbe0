import type { Bug } from "./bug.ts";

export const fenceQueuedAfterSending: Bug = {
  name: "fence-queued-after-sending",
  summary: "the fence of a TLB invalidation is queued only after the request was sent",
  origin: "own, RULES 67",
  edits: [
    {
      file: "src/driver/parts/tlb_inval.ts",
      find: "    if (batch !== NULL) yield* queueFence(task, inval, fenceOf(batch, tlbDomain), seqno);\n",
      replace: "",
    },
    {
      file: "src/driver/parts/tlb_inval.ts",
      find: "  yield* mutexUnlock(task, embedded(state, TlbInvalState.seqnoLock));\n  return seqno;",
      replace: "  if (batch !== NULL) yield* queueFence(task, inval, batch, seqno);\n  yield* mutexUnlock(task, embedded(state, TlbInvalState.seqnoLock));\n  return seqno;",
    },
  ],
  breaks: ["RULES 67"],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
};
