import { addrOf, kindOf, ACQUIRE, READ, READ_ONCE } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import { explore } from "../engine/explore.ts";
import { GIVE_UP } from "../engine/strategy.ts";
import { Rng } from "../engine/rng.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";
import type { Subject } from "../engine/subject.ts";

/** About how many traces there are. */
export interface ProbedSize {
  readonly traces: number;
  /** Standard error of that: the estimate is a mean of independent probes. */
  readonly standardError: number;
}

/**
 * How many traces a subject has, before any is explored: the mean of random dives (Knuth 1975) into the tree that sleep sets
 * leave of all interleavings, which has one leaf for each trace. Unbiased, but for compare-and-swaps that fail: they count as
 * writes here, so that there may be fewer traces. Where nearly every dive ends in a sleep set, as in the plays of a whole
 * machine, it finds no leaf and says
 * 0: there the exploration's own estimate, after its first executions, has to do.
 *
 * @param probes dives, each an execution
 */
export function probeSize(subject: Subject, probes: number, seed: number): ProbedSize {
  const probe = new Probe(seed);
  let sum = 0;
  let squares = 0;
  explore({
    subject,
    strategy: probe,
    seed,
    schedules: probes,
    keepGoing: true,
    onExecution: () => {
      sum += probe.weight;
      squares += probe.weight ** 2;
    },
  });
  const mean = sum / probes;
  return { traces: mean, standardError: Math.sqrt(Math.max(0, squares / probes - mean ** 2) / Math.max(1, probes - 1)) };
}

/**
 * One dive. Its weight is how many leaves there would be if the whole tree were as the path is; 0 where sleep sets end the path.
 */
class Probe extends QuietStrategy {
  readonly name = "probe";
  weight = 1;
  readonly #seed: number;
  #rng = new Rng(0);
  /** Whose next step leads to nothing new here. */
  readonly #asleep = new Set<ThreadView>();

  constructor(seed: number) {
    super();
    this.#seed = seed;
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    this.weight = 1;
    this.#asleep.clear();
    return true;
  }

  pick({ enabled }: EngineView): ThreadView | typeof GIVE_UP {
    const awake = enabled.filter((thread) => !this.#asleep.has(thread)).sort((a, b) => a.index - b.index);
    if (awake.length === 0) {
      this.weight = 0;
      return GIVE_UP;
    }
    this.weight *= awake.length;
    const chosen = this.#rng.below(awake.length);
    for (const former of awake.slice(0, chosen)) this.#asleep.add(former);
    for (const thread of this.#asleep) if (mayDepend(thread, awake[chosen])) this.#asleep.delete(thread);
    return awake[chosen];
  }

  choose(): boolean {
    this.weight *= 2;
    return this.#rng.percent(50);
  }
}

/** Judged by what the steps announce. */
function mayDepend(a: ThreadView, b: ThreadView): boolean {
  return hasAddress(a.next) && hasAddress(b.next) && addrOf(a.next) === addrOf(b.next) && (mayWrite(a) || mayWrite(b));
}

function mayWrite({ next }: ThreadView): boolean {
  const kind = kindOf(next);
  return kind !== READ && kind !== READ_ONCE && kind !== ACQUIRE;
}
