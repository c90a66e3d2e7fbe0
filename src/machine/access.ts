import {
  ADD,
  AND,
  ANNOUNCE,
  COMPARE_EXCHANGE,
  EXCHANGE,
  LOAD,
  OR,
  peekAddr,
  PLAIN_LOAD,
  PLAIN_LOAD_64,
  PLAIN_STORE,
  PLAIN_STORE_64,
  pokeAddr,
  STORE,
} from "./access_step.ts";
import type { Field, Ptr, u32, u64 } from "./struct.ts";
import { ACQUIRE, READ, READ_ONCE, RELEASE, RMW, stepOf, WRITE, WRITE_ONCE, type Run, type Step } from "./step.ts";
import type { Task } from "./task.ts";

export { peekAddr, pokeAddr };

/**
 * The accessors: the only way in which protocol code reaches shared memory. Each is one step, announced to an
 * interleaving executor before it happens. Marked accesses may race; plain ones must be ordered by a lock.
 * A 32-bit value comes back as a signed number.
 */

type F32<S extends string> = Field<S, typeof u32>;
type F64<S extends string> = Field<S, typeof u64>;

/** `READ_ONCE(obj->field)` */
export function readOnce<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>): Run<number> {
  return task.access.begin(READ_ONCE, LOAD, obj + field);
}

/** `WRITE_ONCE(obj->field, value)` */
export function writeOnce<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, value: number): Run<void> {
  return task.access.begin(WRITE_ONCE, STORE, obj + field, value);
}

/** `smp_load_acquire(&obj->field)` */
export function loadAcquire<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>): Run<number> {
  return task.access.begin(ACQUIRE, LOAD, obj + field);
}

/** `smp_store_release(&obj->field, value)` */
export function storeRelease<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, value: number): Run<void> {
  return task.access.begin(RELEASE, STORE, obj + field, value);
}

/** Store `value` if the word holds `old`; returns what it held before, so `=== old` means success. */
export function cmpxchg<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, old: number, value: number): Run<number> {
  return task.access.begin(RMW, COMPARE_EXCHANGE, obj + field, value, old);
}

/** Store `value`; returns what the word held before. */
export function xchg<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, value: number): Run<number> {
  return task.access.begin(RMW, EXCHANGE, obj + field, value);
}

/** Add `delta`; returns what the word held before. */
export function fetchAdd<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, delta: number): Run<number> {
  return task.access.begin(RMW, ADD, obj + field, delta);
}

/** Bitwise or with `bits`; returns what the word held before. */
export function fetchOr<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, bits: number): Run<number> {
  return task.access.begin(RMW, OR, obj + field, bits);
}

/** Bitwise and with `bits`; returns what the word held before. */
export function fetchAnd<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, bits: number): Run<number> {
  return task.access.begin(RMW, AND, obj + field, bits);
}

/** Plain read of `obj->field`. */
export function read<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>): Run<number> {
  return task.access.begin(READ, PLAIN_LOAD, obj + field);
}

/** Plain read of a pointer to a structure named `P`. */
export function readPtr<S extends string, P extends string>(task: Task, obj: Ptr<S>, field: F32<S>): Run<Ptr<P>> {
  return read(task, obj, field) as Run<Ptr<P>>;
}

/** Plain write of `obj->field`. */
export function write<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, value: number): Run<void> {
  return task.access.begin(WRITE, PLAIN_STORE, obj + field, value);
}

/** Plain read of a 64-bit field that holds a process address (below 2^53, in bytes). */
export function readAddr<S extends string>(task: Task, obj: Ptr<S>, field: F64<S>): Run<number> {
  return task.access.begin(READ, PLAIN_LOAD_64, obj + field);
}

/** Plain write of a process address (a whole number from 0 to 2^53 - 1, in bytes). */
export function writeAddr<S extends string>(task: Task, obj: Ptr<S>, field: F64<S>, value: number): Run<void> {
  return task.access.begin(WRITE, PLAIN_STORE_64, obj + field, value);
}

/** Announce a plain read of a node whose words are then looked at directly: one step for one node visited. */
export function visit(task: Task, obj: number): Run<void> {
  return task.access.begin(READ, ANNOUNCE, obj);
}

/** Announce a plain write of a node whose words are then changed directly: the counterpart of {@link visit}. */
export function touch(task: Task, obj: number): Run<void> {
  return task.access.begin(WRITE, ANNOUNCE, obj);
}

/** Announce a release of a word that is then stored to directly, together with what must not come apart from it. */
export function publish(task: Task, obj: number): Run<void> {
  return task.access.begin(RELEASE, ANNOUNCE, obj);
}

/**
 * The step of {@link visit} for a walk over nodes, which a `yield*` at each would make half as fast:
 * `if (task.interleaved) yield plainRead(node)` is the same step.
 */
export function plainRead(obj: number): Step {
  return stepOf(READ, obj);
}

/** The step of {@link touch}, to be yielded in the same way as {@link plainRead}. */
export function plainWrite(obj: number): Step {
  return stepOf(WRITE, obj);
}

/** Store into an object that no other task can reach yet: not a step. */
export function init<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, value: number): void {
  task.words[obj + field] = value;
}

/** {@link init} for a whole 64-bit value. */
export function initU64<S extends string>(task: Task, obj: Ptr<S>, field: F64<S>, value: bigint): void {
  pokeU64(task.words, obj + field, value);
}

/** {@link init} for a process address. */
export function initAddr<S extends string>(task: Task, obj: Ptr<S>, field: F64<S>, value: number): void {
  pokeAddr(task.words, obj + field, value);
}

/** The 64-bit value at `addr`, looked at without a step (reports, oracles, a node already visited). */
export function peekU64(words: Int32Array, addr: number): bigint {
  return (BigInt(words[addr + 1] >>> 0) << 32n) | BigInt(words[addr] >>> 0);
}

export function pokeU64(words: Int32Array, addr: number, value: bigint): void {
  words[addr] = Number(BigInt.asIntN(32, value));
  words[addr + 1] = Number(BigInt.asIntN(32, value >> 32n));
}
