import { TASK_SIZE } from "../../machine/pte.ts";
import { touched } from "./calls.ts";
import type { Op } from "./workload.ts";

/** Addresses are moved in parts of so many bytes. */
const PART = 2 ** 40;
const PARTS = TASK_SIZE / PART;

/**
 * Calls with all addresses in the 47 bits that this machine has: other machines use 48, 52 or 56. Where none is above, nothing
 * changes; else parts of 1 TiB that are above change places with such that the log does not use. Neighbours stay neighbours.
 *
 * @returns null if the log uses more parts than there are
 */
export function folded(ops: readonly Op[]): readonly Op[] | null {
  if (ops.every(isBelow)) return ops;
  const used = new Set<number>();
  for (const op of ops) addParts(used, op);
  const above = [...used].filter((part) => part >= PARTS).toSorted((a, b) => a - b);
  if (above.length === 0) return ops;
  const places = new Map<number, number>();
  for (const run of runsOf(above)) {
    const first = firstFree(used, run.length);
    if (first === null) return null;
    for (const [index, part] of run.entries()) {
      places.set(part, first + index);
      used.add(first + index);
    }
  }
  const moved = (addr: number) => {
    const part = Math.floor(addr / PART);
    return ((places.get(part) ?? part) - part) * PART + addr;
  };
  return ops.map((op) => ({
    ...op,
    addr: moved(op.addr),
    newAddr: moved(op.newAddr),
    result: op.result === -1 ? -1 : moved(op.result),
  }));
}

function isBelow(op: Op): boolean {
  return Math.max(op.addr + op.length, op.newAddr + op.newLength, op.result + op.length, op.result + op.newLength) <= TASK_SIZE;
}

/** Add the parts that a call refers to, those between the ends of what it was at work on included. */
function addParts(used: Set<number>, op: Op): void {
  addRange(used, op.addr, 1);
  if (op.newAddr !== 0) addRange(used, op.newAddr, 1);
  if (op.errno !== "") return;
  for (const [addr, length] of touched(op)) addRange(used, addr, length);
}

function addRange(used: Set<number>, addr: number, length: number): void {
  const last = Math.floor((addr + Math.max(length, 1) - 1) / PART);
  for (let part = Math.floor(addr / PART); part <= last; part++) used.add(part);
}

/** Ascending numbers as runs of neighbours. */
function runsOf(numbers: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)! + 1 === number) run.push(number);
    else runs.push([number]);
  }
  return runs;
}

/** The lowest of so many neighbours that nobody uses; not the first part, where programs without an address space layout lie. */
function firstFree(used: ReadonlySet<number>, length: number): number | null {
  for (let first = 1; first + length <= PARTS; first++) {
    if (Array.from({ length }, (_, index) => first + index).every((part) => !used.has(part))) return first;
  }
  return null;
}
