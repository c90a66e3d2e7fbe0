import type { RuleId } from "../rules/catalogue.ts";

/** The rules that oracles watch on threads and elsewhere: what a violation can be of. */
export const WATCHED_RULES = [
  "stale-access",
  "join",
  "lost-data",
  "balance",
  "WARN",
  "I1",
  "I2",
  "I3",
  "I4",
  "I5",
  "I6",
  "I7",
  "I8",
  "I10",
  "I11",
  "I12",
  "I16",
  "I17",
  "I18",
  "I21",
  "I26",
  "RULES 14",
  "RULES 24",
  "RULES 27",
  "RULES 28",
  "RULES 36",
  "RULES 67",
] as const satisfies readonly RuleId[];

export type WatchedRule = (typeof WATCHED_RULES)[number];

/**
 * The rules of locks and of the context of callbacks, watched only where all tasks run on one thread: what an objection can be
 * of. Some are among the above too: there is more to see of them on one thread.
 */
export const RULES_OF_ONE_THREAD = [
  "I8",
  "I9",
  "I23",
  "I24",
  "RULES 28",
  "RULES 36",
  "RULES 58",
  "RULES 60",
  "RULES b 2",
  "atomic-sleep",
] as const satisfies readonly RuleId[];

export type RuleOfOneThread = (typeof RULES_OF_ONE_THREAD)[number];
