import { explorerBundle } from "../bundle/explorer_bundle.ts";
import { DEFAULT_HUNT_MACHINE } from "../hunt/machine/hunt_machine.ts";
import { hunt } from "../hunt/search/hunt.ts";
import type { HuntProgress } from "../hunt/search/outcome.ts";
import { atMost, type Benchmark } from "./figure.ts";

const SCHEDULES = 40_000;
/** Of these, not measured: each worker compiles the same code for itself, and that is no faster for being done twice. */
const WARM_UP = 10_000;
/** How much faster two jobs have to be. */
const SPEED_UP = 1.7;

export const explorerJobs: Benchmark = {
  name: "explorer-jobs",
  summary: `${SCHEDULES.toLocaleString("en-US")} random schedules of the default hunt, by one worker and by two`,
  isOnDemand: false,
  async run(say) {
    const one = await warmMs(1, say);
    const two = await warmMs(2, say);
    return {
      figures: [{ name: "2 jobs", unit: "ms", value: two, against: { name: "1 job", value: one }, bar: atMost(1 / SPEED_UP) }],
      notes: [
        "Wall-clock time: on a machine that has less than two idle processors, this says nothing. Measured from " +
          `schedule ${WARM_UP.toLocaleString("en-US")} on: until then each worker compiles the same code for itself.`,
      ],
    };
  },
};

/** @throws Error if something was found: a failure ends a hunt early */
async function warmMs(jobs: number, say: (what: string) => void): Promise<number> {
  say(jobs === 1 ? "1 job" : `${jobs} jobs`);
  let warmAtMs = 0;
  const onProgress = ({ schedules, exploredMs }: HuntProgress) => {
    if (schedules <= WARM_UP) warmAtMs = exploredMs;
  };
  const outcome = await hunt(
    {
      machines: [DEFAULT_HUNT_MACHINE],
      bug: null,
      bundle: await explorerBundle(null),
      strategy: { name: "random", seed: 1 },
      schedules: SCHEDULES,
      seconds: null,
      jobs,
      keepGoing: false,
    },
    { onProgress },
  );
  if (outcome.figures.schedules !== SCHEDULES) throw new Error("the hunt found something; measure nothing before it is clean");
  return outcome.exploredMs - warmAtMs;
}
