import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushDoesNotDrain: Bug = {
  name: "flush-does-not-drain",
  summary: "the GPU answers a TLB invalidation while accesses through old entries are in flight",
  origin: "own",
  edits: [
    {
      file: "src/device/invalidation.ts",
      find: "  yield* drainAccesses(task, gpu, domain);\n",
      replace: "",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "unmap",
};
