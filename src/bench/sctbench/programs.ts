import { program, type Build, type Program } from "../../executor/explorer/program/program.ts";
import { circularBuffer, queue, stack } from "./buffers.ts";
import { carter01, deadlock01, diningPhilosophers, phase01, sync } from "./locks.ts";
import { safeStack } from "./safe_stack.ts";
import { account, lazy01, tokenRing, twostage } from "./sections.ts";
import { bluetooth, reorder, wronglock } from "./unprotected.ts";
import { workStealingQueue } from "./work_stealing_queue.ts";

/**
 * Programs of SCTBench, written anew from their descriptions, in the event model of the published tables: main spawns the threads
 * one after the other, then joins them. Events are every access to a shared word outside of a lock's protection, every lock and
 * unlock, every spawn and every join; what a lock protects is no event of its own. The end of a thread is a step, but no event.
 */
export interface SctProgram {
  readonly name: string;
  readonly make: () => Program;
}

const BUILD: Readonly<Record<string, Build>> = {
  account: account,
  bluetooth_driver: bluetooth,
  carter01: carter01,
  circular_buffer: circularBuffer,
  deadlock01: deadlock01,
  din_phil2: diningPhilosophers(2),
  din_phil7: diningPhilosophers(7),
  lazy01: lazy01,
  phase01: phase01,
  queue: queue,
  reorder_3: reorder(2, 1),
  reorder_4: reorder(3, 1),
  reorder_5: reorder(4, 1),
  reorder_10: reorder(9, 1),
  reorder_20: reorder(10, 10),
  reorder_50: reorder(40, 10),
  reorder_100: reorder(99, 1),
  stack: stack,
  sync01: sync(1, 1),
  sync02: sync(2, -1),
  token_ring: tokenRing,
  twostage: twostage(1, 1),
  twostage_20: twostage(10, 10),
  twostage_50: twostage(40, 10),
  twostage_100: twostage(99, 1),
  wronglock_3: wronglock(3),
  wronglock: wronglock(7),
  work_stealing_queue: workStealingQueue(0),
  safestack: safeStack,
};

export const SCT_PROGRAMS: readonly SctProgram[] = Object.entries(BUILD).map(([name, build]) => ({
  name,
  make: () => program(name, build),
}));
