import type { Bug } from "./bug.ts";

export const unregisterIsNoFence: Bug = {
  name: "unregister-is-no-fence",
  summary: "unregister does not wait for those who walk the list",
  origin: "BUGS 16: 6d7c3cde93c1",
  edits: [
    {
      file: "src/kernel/mmu_notifier/register.ts",
      find: "    yield* unlink(current, subscription, mm);\n  }\n  yield* synchronizeSrcu(current);\n",
      replace: "    yield* unlink(current, subscription, mm);\n  }\n",
    },
  ],
  breaks: ["RULES 43", "use-after-free", "data-race", "exception"],
  driver: "two-pass",
  scenario: null,
  play: "register",
};
