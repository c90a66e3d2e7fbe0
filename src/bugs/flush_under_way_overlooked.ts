import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushUnderWayOverlooked: Bug = {
  name: "flush-under-way-overlooked",
  summary: "the OOM reaper is told that nothing has to be waited for although a flush is under way",
  origin: "own, RULES 29",
  edits: [
    {
      file: "src/driver/argued/svm/non_blocking.ts",
      find: "  const isIdle = (yield* loadAcquire(current, chunk, SvmChunk.lastFlush)) === 0\n    && !(",
      replace: "  const isIdle = !(",
    },
  ],
  breaks: [...STALE_PAGE],
  driver: "two-pass",
  scenario: null,
  play: "oom-flush",
};
