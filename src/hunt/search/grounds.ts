import type { FinishOption } from "../../driver/options.ts";
import { designsIn, SOUND_DESIGNS, SOUND_MIXTURES } from "../../driver/catalogue.ts";
import type { Need } from "../../driver/design.ts";
import { HUNT_SCENARIO_NAMES, playOf } from "../../scenario/play/catalogue.ts";
import type { Play } from "../../scenario/play/play.ts";
import { NO_FAULTS, type HuntConfig } from "../machine/config.ts";

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
  const drivers = driver === null ? [...SOUND_DESIGNS, ...SOUND_MIXTURES] : [driver];
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

/** Does a play have what a design may take for granted? */
const HAS: Readonly<Record<Need, (play: Play) => boolean>> = {
  rebind: ({ nobodyRebinds }) => nobodyRebinds !== true,
  "timely-answers": ({ lateAnswerPercent = 0 }) => lateAnswerPercent === 0,
};

/** A mixture plays what all its designs do. */
function isPlayable(driver: string, scenario: string): boolean {
  return designsIn(driver).every(({ needs = [] }) => needs.every((need) => HAS[need](playOf(scenario))));
}
