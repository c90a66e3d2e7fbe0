import { ThreadsControl, type ThreadsState } from "./state.ts";

/**
 * Wake up to `count` threads that sleep on a word, and count them as awake on the spot: a thread that spins must make room for
 * them before they run, not once they have found a core.
 */
export function notify(words: Int32Array, state: ThreadsState, addr: number, count: number): void {
  const woken = Atomics.notify(words, addr, count);
  if (woken > 0) Atomics.add(words, state.control + ThreadsControl.awake, woken);
}
