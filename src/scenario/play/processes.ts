import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { discard, mapPages, mirrorAll, munmap, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * Processes have nothing in common but what their GPUs' drivers share: one must not wait for what the other waits for, nor take
 * an answer for its own. With all GPUs on one device, both invalidations want its lock, and the contexts of both are to be
 * preempted (RULES 75).
 */
export const processes: Play = {
  name: "processes",
  summary: "two processes, each with a GPU of its own, take away the same addresses at the same time",
  rules: ["RULES 1", "RULES 3", "RULES 4"],
  hasProcessPerCpu: true,
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[munmap(0, 2)], [discard(0, 1), serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_WRITE },
      { page: 1, kind: ACCESS_READ },
    ],
  ],
};
