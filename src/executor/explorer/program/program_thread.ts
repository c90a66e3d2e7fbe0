import { addrOf, FUTEX_WAIT, kindOf, type Step } from "../../../machine/step.ts";
import { AWAIT } from "../engine/await.ts";
import { ProgramBuilder, Thread, type Build } from "./program.ts";
import type { Rng } from "../engine/rng.ts";

/** Looks at an awaited word, a millisecond apart, before the wait is taken for a hang. Not every write notifies. */
const PATIENCE = 10_000;
/** Share of steps, in percent, before which a thread loiters for a moment, so that the threads meet in ever new ways. */
const LOITER_PERCENT = 30;
const LOITER_SPINS = 400;

/**
 * Run thread `number` of a small program of the explorer here, on a real thread, over `words` that others share: the hardware
 * interleaves its accesses with theirs. For programs whose threads are all there from the start.
 */
export function runProgramThread(build: Build, number: number, words: Int32Array, rng: Rng): void {
  const builder = new ProgramBuilder(words);
  build(builder);
  const { name, body } = builder.threads[number];
  const thread = new Thread({ words, nowUs: () => 0, threads: () => builder.threads.length, launch: cannotSpawn }, number, name);
  const run = body(thread);
  for (let next = run.next(0); next.done !== true; next = run.next(0)) {
    if (rng.percent(LOITER_PERCENT)) loiter(rng.below(LOITER_SPINS), words);
    waitFor(next.value, thread, words);
  }
}

/** What a thread has to wait for before it may take this step. */
function waitFor(step: Step, { task }: Thread, words: Int32Array): void {
  const addr = addrOf(step);
  if (kindOf(step) === FUTEX_WAIT) throw new Error("small programs wait with AWAIT");
  if (kindOf(step) !== AWAIT) return;
  for (let looks = 0; looks < PATIENCE; looks++) {
    const value = Atomics.load(words, addr);
    if ((value & task.mask) === task.expected) return;
    Atomics.wait(words, addr, value, 1);
  }
  throw new Error(`${task.name} hangs`);
}

function loiter(spins: number, words: Int32Array): void {
  for (let i = 0; i < spins; i++) Atomics.load(words, 0);
}

function cannotSpawn(): never {
  throw new Error("on real threads all threads of a program are there from the start");
}
