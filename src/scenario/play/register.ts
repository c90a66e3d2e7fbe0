import { ACCESS_READ } from "../../machine/access_kind.ts";
import { registerClassic, unregisterClassic } from "./notifiers.ts";
import { discard, mapPages, serve, writePages } from "./operations.ts";
import type { Play } from "./play.ts";

/** Registration takes all locks of the process, so that no range has begun without it and ends with it (RULES 41). */
export const register: Play = {
  name: "register",
  summary: "a classic notifier is registered and unregistered while ranges are being invalidated",
  rules: ["RULES 35", "RULES 40", "RULES 41", "RULES 43"],
  targets: [{ first: 0, pages: 2 }],
  *populate(actor) {
    yield* mapPages(actor, 0, 2);
    yield* writePages(actor, 0, 2);
  },
  script: (cpu) =>
    [
      [discard(0, 1), discard(1, 1)],
      [registerClassic(0), unregisterClassic(0), serve],
    ][cpu] ?? [],
  accesses: () => [[{ page: 0, kind: ACCESS_READ }]],
};
