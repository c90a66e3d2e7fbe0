import type { Bug } from "./bug.ts";

export const onlyHitsAreCounted: Bug = {
  name: "only-hits-are-counted",
  summary: "a range that hits no notifier is not counted as active",
  origin: "own, RULES 1",
  edits: [
    {
      file: "src/kernel/mmu_notifier/itree.ts",
      find: "  yield* addActive(current, range.mm, subscriptions, 1);\n",
      replace: "",
    },
    {
      file: "src/kernel/mmu_notifier/itree.ts",
      find: "  if (node !== NULL) yield* freezeTree(current, range.mm, subscriptions);\n",
      replace: "  if (node !== NULL) {\n    yield* addActive(current, range.mm, subscriptions, 1);\n    yield* freezeTree(current, range.mm, subscriptions);\n  }\n",
    },
  ],
  breaks: ["I1", "I2", "WARN"],
  driver: "two-pass",
  scenario: null,
  play: "insert-unseen",
};
