import type { Rng } from "../../engine/rng.ts";

/** A schedule that showed something new. Each decision is the index of a thread, doubled, plus the answer of chance. */
export interface Parent {
  readonly decisions: readonly number[];
  /** Numbers of decisions, two by two, whose steps touched the same word, one after the other. */
  readonly races: readonly number[];
}

/** Mutations of one schedule at most. */
const MAX_MUTATIONS = 3;

/** A schedule like one of the corpus: cut, spliced, a switch moved or a race turned round, once or a few times. */
export function mutate(corpus: readonly Parent[], rng: Rng): number[] {
  const parent = youngest(corpus, rng);
  const decisions = flipRace([...parent.decisions], parent.races, rng);
  for (let more = rng.below(MAX_MUTATIONS); more > 0; more--) {
    switch (rng.below(3)) {
      case 0:
        moveSwitch(decisions, rng);
        break;
      case 1:
        splice(decisions, youngest(corpus, rng).decisions, rng);
        break;
      default:
        decisions.length = rng.below(decisions.length + 1);
    }
  }
  return decisions;
}

/** Any of them, the younger the likelier: what is new lies behind what was new before. */
function youngest(corpus: readonly Parent[], rng: Rng): Parent {
  const age = Math.floor(corpus.length * rng.unit() ** 2);
  return corpus[corpus.length - 1 - age];
}

/** Of two steps that touched the same word, let the second one's thread go first: the first one's waits that long. */
function flipRace(decisions: number[], races: readonly number[], rng: Rng): number[] {
  if (races.length === 0) return decisions;
  const race = rng.below(races.length / 2) * 2;
  const [first, second] = [races[race], races[race + 1]];
  const between = decisions.slice(first, second + 1);
  const isDelayed = (decision: number) => decision >> 1 === decisions[first] >> 1;
  decisions.splice(first, between.length, ...between.filter((decision) => !isDelayed(decision)), ...between.filter(isDelayed));
  return decisions;
}

/** Let a thread run some steps less before another one takes over: they follow when its turn comes again. */
function moveSwitch(decisions: number[], rng: Rng): void {
  const at = rng.below(decisions.length);
  const end = decisions.findIndex((decision, i) => i > at && decision >> 1 !== decisions[at] >> 1);
  if (end < 0) return;
  const again = decisions.findIndex((decision, i) => i > end && decision >> 1 === decisions[at] >> 1);
  const moved = decisions.splice(at, end - at);
  decisions.splice((again < 0 ? decisions.length + moved.length : again) - moved.length, 0, ...moved);
}

/** Go on as another schedule does from there. */
function splice(decisions: number[], other: readonly number[], rng: Rng): void {
  const at = rng.below(Math.min(decisions.length, other.length) + 1);
  decisions.splice(at, decisions.length, ...other.slice(at));
}
