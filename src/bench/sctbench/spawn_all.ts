import type { Body, Mutex, Thread } from "../../executor/explorer/program/program.ts";

/** Main spawns them, in this order, and joins them. */
export function spawnAll(bodies: readonly (readonly [name: string, body: Body])[]): Body {
  return function* main(t) {
    const threads: Thread[] = [];
    for (const [name, body] of bodies) threads.push(yield* t.spawn(name, body));
    for (const thread of threads) yield* t.join(thread);
  };
}

export function numbered(name: string, count: number, body: Body): [string, Body][] {
  return Array.from({ length: count }, (_, i) => [`${name}${i}`, body]);
}

/** What nobody can come between: two events, lock and unlock. */
export function locked(mutex: Mutex, work: (t: Thread) => void): Body {
  return function* (t) {
    yield* mutex.lock(t);
    work(t);
    yield* mutex.unlock(t);
  };
}
