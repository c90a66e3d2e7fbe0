/** The rules that the oracles watch, as violations name them: words for the oracles of data, numbers for RULES (a) and (e). */
export const WATCHED_RULES: readonly string[] = [
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
];

/** Those that are watched where all tasks run on one thread, beside the above: of locks, and of the context of callbacks. */
export const RULES_OF_ONE_THREAD: readonly string[] = ["I9", "I23", "I24", "RULES 58", "RULES 60", "RULES b 2", "atomic-sleep"];
