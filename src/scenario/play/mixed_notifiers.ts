import { ACCESS_READ } from "../../machine/access_kind.ts";
import { unregisterClassic } from "./notifiers.ts";
import { discard, mapPages, mirrorAll, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * All kinds of notifiers hear of the same range: both passes of the tree first, then the list, and a notifier in one pass holds
 * up those after it.
 */
export const mixedNotifiers: Play = {
  name: "mixed-notifiers",
  summary: "one-pass, two-pass and classic notifiers of several drivers in one process",
  rules: ["RULES 14", "RULES 15", "RULES 17", "RULES 24", "RULES 40", "RULES 43", "RULES 45"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  *prepare(actor) {
    for (const index of [0, 1, 3]) yield* actor.stage.notifiers.insert(actor, index, 0, 2);
    for (const index of [0, 1]) yield* actor.stage.notifiers.register(actor, index);
    yield* mirrorAll(actor, 2);
  },
  script: (cpu) => [[discard(0, 2)], [unregisterClassic(0), serve]][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_READ }]],
};
