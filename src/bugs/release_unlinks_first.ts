import type { Bug } from "./bug.ts";

export const releaseUnlinksFirst: Bug = {
  name: "release-unlinks-first",
  summary: "mm exit takes a classic notifier off the list before it calls its release",
  origin: "BUGS 18: 3ad3d901bbcf",
  edits: [
    {
      file: "src/kernel/mmu_notifier/release.ts",
      find: "      traceHlistCall(current, subscription, HLIST_OP_RELEASE, null);\n",
      replace: "      yield* spinLock(current, lockOf(subscriptions));\n      yield* hlistDelInitRcu(current, embedded(subscription, MmuNotifier.hlist));\n      yield* spinUnlock(current, lockOf(subscriptions));\n      traceHlistCall(current, subscription, HLIST_OP_RELEASE, null);\n",
    },
    {
      file: "src/kernel/mmu_notifier/release.ts",
      find: "import { NULL, type Ptr } from",
      replace: "import { embedded, NULL, type Ptr } from",
    },
    {
      file: "src/kernel/mmu_notifier/release.ts",
      find: "import { MmuNotifierSubscriptions } from",
      replace: "import { MmuNotifier, MmuNotifierSubscriptions } from",
    },
  ],
  breaks: ["RULES 44", "stale-access", "RULES 43"],
  driver: "two-pass",
  scenario: null,
  play: "register",
};
