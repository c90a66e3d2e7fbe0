import type { FinishOption } from "../../driver/options.ts";
import { designsIn, SOUND_DESIGNS, SOUND_MIXTURES } from "../../driver/catalogue.ts";
import type { Need } from "../../driver/design.ts";
import { PLAY_NAMES, playOf } from "../../scenario/play/catalogue.ts";
import type { Play } from "../../scenario/play/play.ts";
import { NO_FAULTS, type HuntMachine } from "../machine/hunt_machine.ts";

/** What a user asked to be hunted through. */
export interface MachineChoice {
  /** Null: all correct designs, and some mixtures of them. */
  readonly driver: string | null;
  /** Null: all plays. */
  readonly play: string | null;
  readonly gpus: number;
  readonly cpus: number;
  /** Beyond those that belong to a play. */
  readonly faults?: Partial<HuntMachine["faults"]> | undefined;
  /** Undefined: as each play has it. */
  readonly finish?: FinishOption | undefined;
}

/** Each design in each play, the designs changing fastest: a short hunt has seen all of them. */
export function machinesOf({ driver, play, gpus, cpus, faults, finish }: MachineChoice): HuntMachine[] {
  const drivers = driver === null ? [...SOUND_DESIGNS, ...SOUND_MIXTURES] : [driver];
  const plays = play === null ? PLAY_NAMES : [play];
  const isAsked = driver !== null && play !== null;
  return plays.flatMap((where) =>
    drivers
      .filter((design) => isAsked || isPlayable(design, where))
      .map((design) => ({
        driver: design,
        play: where,
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
function isPlayable(driver: string, play: string): boolean {
  return designsIn(driver).every(({ needs = [] }) => needs.every((need) => HAS[need](playOf(play))));
}
