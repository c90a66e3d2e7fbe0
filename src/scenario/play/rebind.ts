import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { bind, discard, mapPages, mirrorAll, serve, unbind, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/**
 * A user pointer of a driver that binds (xe): it is destroyed and made anew, with its notifier, around an invalidation (RULES 46
 * to 59).
 */
export const rebind: Play = {
  name: "rebind",
  summary: "a buffer is unbound and bound again while its pages are being thrown away",
  rules: ["RULES 36", "RULES 38", "RULES 47", "RULES 48", "RULES 49", "RULES 51", "RULES 52", "RULES 53", "RULES 59"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  prepare: (actor) => mirrorAll(actor, 2),
  script: (cpu) => [[discard(0, 2)], [unbind(0, 0, 2), bind(0, 0, 2), serve]][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_WRITE }]],
};
