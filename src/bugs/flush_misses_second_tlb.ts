import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushMissesSecondTlb: Bug = {
  name: "flush-misses-second-tlb",
  summary: "both halves of a flush go to the first of a GPU's two TLBs",
  origin: "BUGS 55: xe media GT",
  edits: [
    {
      file: "src/driver/parts/tlb_inval.ts",
      find: "sendCommand(task, gpu, { op, seqno, asid, start, end, tlbDomain })",
      replace: "sendCommand(task, gpu, { op, seqno, asid, start, end, tlbDomain: 0 })",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: "mixed",
  play: "two-tlbs",
  tlbDomains: 2,
};
