import type { FinishOption } from "../../driver/options.ts";
import { designsIn, SOUND_DESIGNS, SOUND_MIXTURES } from "../../driver/catalogue.ts";
import type { Need } from "../../driver/design.ts";
import { PLAY_NAMES, playOf } from "../../scenario/play/catalogue.ts";
import { serve } from "../../scenario/play/operations.ts";
import type { Play } from "../../scenario/play/play.ts";
import { Rng } from "../../executor/explorer/engine/rng.ts";
import { MAX_THREADS } from "../../executor/explorer/sanitizer/clocks.ts";
import { NO_FAULTS, type HuntMachine } from "../machine/hunt_machine.ts";
import { taskCount } from "../machine/machine.ts";

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

/**
 * Each design in each play that has what it takes for granted, where a hunt can say something of the protocol.
 *
 * @throws RangeError if it can nowhere
 */
export function machinesOf(choice: MachineChoice): HuntMachine[] {
  const machines = chosen(choice);
  const possible = machines.filter((machine) => obstacleTo(machine) === null);
  if (possible.length === 0 && machines.length > 0) throw new RangeError(obstacleTo(machines[0])!);
  return possible;
}

/** Why something would fail there whatever the protocol does; null if it would not. */
function obstacleTo(machine: HuntMachine): string | null {
  const { driver, play: name, gpus, cpus } = machine;
  const play = playOf(name);
  const tasks = taskCount(machine, play);
  if (tasks > MAX_THREADS)
    return `${name} with --gpus ${gpus} and --cpus ${cpus} has ${tasks} tasks: too many. Allowed: ${MAX_THREADS}.`;
  if (needsOf(driver).includes("rebind") && !isRebound(play, cpus))
    return (
      `${driver} in ${name} with --cpus ${cpus}: nobody does its deferred work, so that a context that it stopped stays so. ` +
      `Allowed: other scenarios, or --cpus ${CPUS_OF_PLAYS}.`
    );
  return null;
}

/** What plays are made for. */
const CPUS_OF_PLAYS = 2;

/** With fewer CPUs than a play is made for, nobody may be left to serve. */
function isRebound(play: Play, cpus: number): boolean {
  if (play.nobodyRebinds === true) return false;
  return isServed(play, cpus) || !isServed(play, CPUS_OF_PLAYS);
}

function isServed(play: Play, cpus: number): boolean {
  return Array.from({ length: cpus }, (_, cpu) => play.script(cpu, cpus)).some((script) => script.includes(serve));
}

/** The number of the executions' chance is their own, from 0. */
const ORDER = 0xffff_ffff;

/** The machines in an order drawn from the seed: what a short hunt does not come to is not always the same. */
export function inDrawnOrder(machines: readonly HuntMachine[], seed: number): HuntMachine[] {
  const rng = new Rng(seed, ORDER);
  const order = [...machines];
  for (let left = order.length; left > 1; left--) {
    const drawn = rng.below(left);
    [order[left - 1], order[drawn]] = [order[drawn], order[left - 1]];
  }
  return order;
}

function chosen({ driver, play, gpus, cpus, faults, finish }: MachineChoice): HuntMachine[] {
  const drivers = driver === null ? [...SOUND_DESIGNS, ...SOUND_MIXTURES] : [driver];
  const plays = play === null ? PLAY_NAMES : [play];
  const isAsked = driver !== null && play !== null;
  return plays.flatMap((where) =>
    drivers
      .filter((design) => isAsked || isInTime(playOf(where)) || !needsOf(design).includes("timely-answers"))
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

function isInTime({ lateAnswerPercent = 0 }: Play): boolean {
  return lateAnswerPercent === 0;
}

/** A mixture takes for granted what any of its designs does. */
function needsOf(driver: string): readonly Need[] {
  return designsIn(driver).flatMap(({ needs = [] }) => needs);
}
