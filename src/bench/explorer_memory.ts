import { Explorer } from "../executor/explorer/engine/explore.ts";
import { RandomWalk } from "../executor/explorer/strategy/random.ts";
import { counters } from "./explorer.ts";
import { atMost, type Benchmark } from "./figure.ts";
import { liveHeap } from "./heap_growth.ts";

const SCHEDULES = 10_000_000;
/** Parts of the whole; the first is for the compiler and the heap to settle. */
const PARTS = 10;

export const explorerMemory: Benchmark = {
  name: "explorer-memory",
  summary: `heap in use over ${(SCHEDULES / 1e6).toFixed(0)} million schedules of a small program`,
  isOnDemand: true,
  async run(say) {
    const bytes = growth(SCHEDULES, (schedules) => say(`${schedules.toLocaleString("en-US")} schedules`));
    const first = { name: `after ${(SCHEDULES / PARTS).toLocaleString("en-US")}`, value: bytes[0] };
    const name = `after ${SCHEDULES.toLocaleString("en-US")} schedules`;
    return { figures: [{ name, unit: "bytes", value: bytes[PARTS - 1], against: first, bar: atMost(1.05) }], notes: [] };
  },
};

/** Bytes of heap in use after each part of so many schedules. */
function growth(schedules: number, say: (schedules: number) => void): number[] {
  const walk = new Explorer({ subject: counters(2), strategy: new RandomWalk(1), seed: 1 });
  return Array.from({ length: PARTS }, (_, part) => {
    const [from, to] = [(schedules / PARTS) * part, (schedules / PARTS) * (part + 1)];
    for (let index = from; index < to; index++) walk.run(index);
    say(to);
    return liveHeap();
  });
}
