import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import type { ExplainedFinding, Explanation, StoryEvent } from "../../src/hunt/explain/finding.ts";

/** Failures as hunts report them, one of each kind that is told differently. */

const TOKEN = "sd1:eyJkIjoidHdvLXBhc3MiLCJzIjoidW5tYXAiLCJnIjoyLCJjIjoyfQ.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/** An event of the task, which took the steps from `first` to `last`. */
function event(
  columns: readonly string[],
  [first, last]: readonly [number, number],
  task: string,
  text: string,
  more: Partial<StoryEvent> = {},
): StoryEvent {
  const column = columns.indexOf(task.split(".")[0]);
  return { first, last, column, task, text, details: [], isWrong: false, times: 1, isAside: false, ...more };
}

const COMMON = { reproduced: { failed: 10, times: 10 }, token: TOKEN } as const;

/** What is said of a failure, without saying where it was found. */
type Told = Explanation & Pick<ExplainedFinding, "failure">;

function found({ failure, ...explanation }: Told): ExplainedFinding {
  return {
    where: { machine: DEFAULT_HUNT_MACHINE, bug: "flush-skipped", seed: 7, strategy: "surw", index: 36, steps: 411 },
    failure,
    schedule: { threads: new Uint16Array(), answers: new Uint8Array() },
    explanation,
  };
}

const FOUR = ["cpu0", "cpu1", "gpu0", "gpu1"];
const ONE = ["cpu0", "gpu0"];

const violation: Told = {
  ...COMMON,
  failure: {
    kind: "violation",
    rule: "stale-access",
    task: "gpu0.ctx0",
    message:
      "gpu0 read 0x7f000000100c through a translation to frame 6, which cpu0 freed 12 us ago (generation 3 -> 4); the " +
      "range was invalidated with seq 17",
    details: ["an event that the story tells better"],
  },
  pattern: { name: "order violation", meaning: "gpu0.ctx0 comes before cpu0, and nothing makes it wait" },
  setting: "two-pass with bug flush-skipped in unmap, 2 GPUs, 2 CPUs",
  minimised: { steps: 61, switches: 3 },
  story: {
    columns: FOUR,
    events: [
      event(FOUR, [1, 6], "gpu0.ctx0", "fills its TLB: 0x7f0000001000 is page 6 rw"),
      event(FOUR, [7, 7], "cpu0", "munmap(0x7f0000000000, 0x2000) begins"),
      event(FOUR, [8, 21], "cpu0", "invalidate_range_start [0x7f0000000000, 0x7f0000002000) UNMAP", {
        details: ["mm_struct#0.subscriptions.invalidate_seq 16 -> 17"],
      }),
      event(FOUR, [22, 25], "gpu1.engine", "gpu1.head 4 -> 5", { isAside: true }),
      event(FOUR, [26, 30], "cpu0", "sends gpu0 a TLB invalidation [0x7f0000000000, 0x7f0000002000), seqno 5", {
        details: ["gpu0.tail 4 -> 5", "gpu0.tlb_inval.pending.first none -> svm_finish#0.flush"],
      }),
      event(FOUR, [31, 52], "cpu0", "frees page 6 (generation 3)"),
      event(FOUR, [53, 60], "cpu1", "polls", { times: 8 }),
      event(FOUR, [61, 61], "gpu0.ctx0", "reads 0x7f000000100c (page 6): 0", { isWrong: true }),
    ],
  },
  orders: [
    { before: 6, after: 14 },
    { before: 52, after: 61 },
  ],
  depth: 2,
  odds: { probability: Array.from({ length: 62 }, (_, step) => (step < 31 ? 0.03 : step < 61 ? 0.61 : 1)), jumpAt: 31 },
};

const deadlock: Told = {
  ...COMMON,
  failure: {
    kind: "deadlock",
    rule: "deadlock",
    task: "cpu0",
    message: "cpu0, cpu1 wait forever",
    details: [
      "cpu0 is waiting at FUTEX_WAIT vma_lock#1.count, which cpu1 holds",
      "cpu1 is waiting at FUTEX_WAIT vma_lock#0.count, which cpu0 holds",
    ],
  },
  pattern: { name: "ABBA deadlock", meaning: "two locks are taken in either order by two tasks that meet in between" },
  setting: "two-pass in overlap, 2 CPUs",
  minimised: { steps: 12, switches: 2 },
  story: {
    columns: ["cpu0", "cpu1"],
    events: [
      event(["cpu0", "cpu1"], [1, 3], "cpu0", "takes vma_lock#0"),
      event(["cpu0", "cpu1"], [4, 6], "cpu1", "takes vma_lock#1"),
      event(["cpu0", "cpu1"], [7, 9], "cpu1", "sleeps on vma_lock#0.count, which is 1"),
      event(["cpu0", "cpu1"], [10, 12], "cpu0", "sleeps on vma_lock#1.count, which is 1", { isWrong: true }),
    ],
  },
  orders: [
    { before: 3, after: 7 },
    { before: 6, after: 10 },
  ],
  depth: 2,
  odds: { probability: [0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 1, 1, 1, 1, 1, 1, 1], jumpAt: 6 },
};

const dataRace: Told = {
  ...COMMON,
  failure: {
    kind: "data-race",
    rule: "data-race svm_finish.flush.fence.state",
    task: "cpu0",
    message: "svm_finish#0.flush.fence.state: nothing orders the marked write by gpu0.irq and the free by cpu0",
    details: [
      "marked write by gpu0.irq in step 9: 0 -> 1",
      "  dmaFenceSignal src/driver/parts/dma_fence.ts:41",
      "  interrupt src/driver/parts/tlb_inval.ts:88",
      "free by cpu0 in step 12",
      "  invalidateFinish src/driver/argued/two_pass.ts:60",
      "  mnItreeFinishPass src/kernel/mmu_notifier/itree_finish.ts:22",
    ],
  },
  pattern: { name: "data race", meaning: "two accesses, one of them a write, and nothing says which comes first" },
  setting: "two-pass with bug finish-before-flush in unmap, 1 GPU, 1 CPU",
  minimised: { steps: 12, switches: 1 },
  story: {
    columns: ONE,
    events: [
      event(ONE, [1, 5], "cpu0", "allocates svm_finish#0"),
      event(ONE, [6, 9], "gpu0.irq", "svm_finish#0.flush.fence.state 0 -> 1"),
      event(ONE, [10, 12], "cpu0", "frees svm_finish#0", { isWrong: true }),
    ],
  },
  orders: [],
  depth: null,
  odds: { probability: [], jumpAt: null },
};

const lockOrder: Told = {
  ...COMMON,
  failure: {
    kind: "lock-order",
    rule: "I23",
    task: "cpu1",
    message: "cpu1 takes mmap_lock while it holds notifier_lock; the other way round was seen before",
    details: [
      "possible scenario:",
      "    cpu0                     cpu1",
      "    takes mmap_lock",
      "                             takes notifier_lock",
      "                             waits for mmap_lock",
      "    waits for notifier_lock",
    ],
  },
  pattern: {
    name: "ABBA deadlock",
    meaning: "two locks are taken in either order; two tasks that meet in between wait forever",
  },
  setting: "single-pass in unmap, 1 GPU, 2 CPUs",
  minimised: { steps: 2, switches: 0 },
  story: {
    columns: ["cpu1"],
    events: [
      event(["cpu1"], [1, 1], "cpu1", "takes svm_vm#0.notifier_lock"),
      event(["cpu1"], [2, 2], "cpu1", "takes mm_struct#0.mmap_lock (read)", { isWrong: true }),
    ],
  },
  orders: [],
  depth: 0,
  odds: { probability: [1, 1, 1], jumpAt: null },
};

const livelock: Told = {
  ...COMMON,
  failure: {
    kind: "livelock",
    rule: "livelock",
    task: "cpu1",
    message: "cpu1, gpu0.ctx0 go round and round under a fair schedule",
    details: ["the cycle: cpu1 begins gpu0's fault at 0x7f0000000000 again; gpu0.ctx0 polls"],
  },
  pattern: { name: "livelock", meaning: "all keep running, and nobody gets anywhere" },
  setting: "two-pass with bug eagain-loses-end in oom, 1 GPU, 2 CPUs",
  minimised: { steps: 40_000, switches: 812 },
  story: {
    columns: ["cpu1", "gpu0"],
    events: [
      event(["cpu1", "gpu0"], [1, 4], "gpu0.ctx0", "faults: reads 0x7f0000000000"),
      event(["cpu1", "gpu0"], [5, 30_000], "cpu1", "begins gpu0's fault at 0x7f0000000000 again: read_retry says so", {
        times: 1234,
      }),
      event(["cpu1", "gpu0"], [30_001, 40_000], "gpu0.ctx0", "polls", { times: 1234, isWrong: true }),
    ],
  },
  orders: [],
  depth: null,
  odds: { probability: [], jumpAt: null },
};

/** More processors than have room for their names; then more than have room at all. */
function crowd(gpus: number): Told {
  const columns = ["cpu0", ...Array.from({ length: gpus }, (_, gpu) => `gpu${gpu}`)];
  return {
    ...violation,
    orders: [],
    odds: { probability: [], jumpAt: null },
    story: {
      columns,
      events: [
        event(columns, [1, 5], "cpu0", "invalidate_range_start [0x7f0000000000, 0x7f0000002000) UNMAP"),
        event(columns, [6, 6], `gpu${gpus - 1}.ctx0`, "reads 0x7f000000100c (page 6): 0", { isWrong: true }),
      ],
    },
  };
}

export const FAILURES: Readonly<Record<string, ExplainedFinding>> = {
  violation: found(violation),
  deadlock: found(deadlock),
  data_race: found(dataRace),
  lock_order: found(lockOrder),
  livelock: found(livelock),
  nine_processors: found(crowd(8)),
  many_processors: found(crowd(40)),
};
