import { ACCESS_READ } from "../../machine/access_kind.ts";
import { unregisterClassic } from "./notifiers.ts";
import { exit, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * The release path: all notifiers of the process are started before any is finished, and GPUs go on until told (RULES 26, 44).
 */
export const exitPlay: Play = {
  name: "exit",
  summary: "the process exits while its GPUs access and fault",
  rules: ["RULES 13", "RULES 26", "RULES 40", "RULES 43", "RULES 44"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  *prepare(actor) {
    for (const index of [0, 1]) yield* actor.stage.notifiers.insert(actor, index, 0, 2);
    yield* actor.stage.notifiers.register(actor, 0);
    yield* mirrorAll(actor, 1);
  },
  script: (cpu) => [[exit], [unregisterClassic(0), serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_READ },
      { page: 1, kind: ACCESS_READ },
    ],
  ],
};
