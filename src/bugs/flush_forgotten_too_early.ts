import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushForgottenTooEarly: Bug = {
  name: "flush-forgotten-too-early",
  summary: "a flush under way is forgotten before it was waited for",
  origin: "own, RULES 21",
  edits: [
    {
      file: "src/driver/argued/svm/chunk_flush.ts",
      find: "  yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), fence, asid);\n  yield* cmpxchg(current, chunk, SvmChunk.lastFlush, seqno, 0);",
      replace: "  yield* cmpxchg(current, chunk, SvmChunk.lastFlush, seqno, 0);\n  yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), fence, asid);",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "nested",
};
