/** The rules that the oracles watch, as violations name them: words for the oracles of data, numbers for RULES (a) and (e). */
export const WATCHED_RULES: readonly string[] = [
  "stale-access", "join", "lost-data", "balance",
  "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I10", "I11", "I12", "I17", "I18", "I21", "I26", "RULES 28", "RULES 36",
];
