import type { FinishOption } from "../../driver/options.ts";
import { CORRECT_DRIVERS } from "../../driver/correct.ts";
import { designsIn } from "../../driver/catalogue.ts";
import { HUNT_SCENARIO_NAMES, playOf } from "../../scenario/play/catalogue.ts";
import { NO_FAULTS, type HuntConfig } from "../machine/config.ts";

/** GPUs of different drivers in one process: a classic notifier beside interval notifiers, one pass beside two, one number beside another. */
const CORRECT_MIXTURES: readonly string[] = ["xe-userptr-joined,kvm", "nouveau-undone,gpusvm", "amdgpu,multiplexed"];

/** What a user asked to be hunted through. */
export interface GroundChoice {
  /** Null: all correct designs, and some mixtures of them. */
  readonly driver: string | null;
  /** Null: all scenarios. */
  readonly scenario: string | null;
  readonly gpus: number;
  readonly cpus: number;
  /** Beyond those that belong to a play. */
  readonly faults?: Partial<HuntConfig["faults"]> | undefined;
  /** Undefined: as each play has it. */
  readonly finish?: FinishOption | undefined;
}

/** Each design in each scenario, the designs changing fastest: a short hunt has seen all of them. */
export function groundsOf({ driver, scenario, gpus, cpus, faults, finish }: GroundChoice): HuntConfig[] {
  const drivers = driver === null ? [...CORRECT_DRIVERS, ...CORRECT_MIXTURES] : [driver];
  const scenarios = scenario === null ? HUNT_SCENARIO_NAMES : [scenario];
  const isAsked = driver !== null && scenario !== null;
  return scenarios.flatMap((where) =>
    drivers
      .filter((design) => isAsked || isPlayable(design, where))
      .map((design) => ({
        driver: design,
        scenario: where,
        gpus,
        cpus,
        skip: [],
        faults: { ...NO_FAULTS, lateAnswerPercent: playOf(where).lateAnswerPercent ?? 0, ...faults },
        finish,
      })),
  );
}

/** Here a context that was stopped waits until somebody has bound its memory again, and there is nobody who could. */
const NOBODY_REBINDS: readonly string[] = ["tiny", "tiny-nested", "tiny-held"];

/** Designs that are right, and the plays that are not for them all the same. */
const UNPLAYABLE: Readonly<Record<string, readonly string[]>> = {
  "xe-userptr-preempt": [...NOBODY_REBINDS, "late-flush"],
  amdgpu: NOBODY_REBINDS,
  "amdgpu-partitions": NOBODY_REBINDS,
  // As merged, a flush that timed out is taken for done: docs/findings/2.
  "xe-userptr-6.18": ["late-flush"],
  gpusvm: ["late-flush"],
};

/** A mixture plays what all its designs do. */
function isPlayable(driver: string, scenario: string): boolean {
  return !designsIn(driver).some((design) => UNPLAYABLE[design]?.includes(scenario));
}
