import { addrOf } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import { WROTE, type Recording } from "../engine/recording.ts";

/** What must come before each step of an execution, for all that can be told from the outside. */
export interface PartialOrder {
  /** By step: those directly before it; any other that comes before it comes before one of these. */
  readonly before: readonly (readonly number[])[];
  /** Step by thread, in its order. */
  readonly ofThread: readonly (readonly number[])[];
}

/**
 * The happens-before relation of a recorded execution: steps of one thread in their order, dependent steps in the order in which
 * they were taken, whoever was woken or spawned after who did it, and all after virtual time passed.
 *
 * @param length how many of its steps, from the first
 */
export function partialOrderOf(recording: Recording, length = recording.length): PartialOrder {
  const before: number[][] = [];
  const ofThread: number[][] = [];
  const lastWrite = new Map<number, number>();
  const readsSince = new Map<number, number[]>();
  const releasedBy = releasesOf(recording);
  const barriers = new Set(recording.timePasses);
  let barrier: readonly number[] = [];
  for (let i = 0; i < length; i++) {
    if (barriers.has(i)) barrier = ofThread.flatMap((steps) => steps.slice(-1));
    const thread = (ofThread[recording.thread[i]] ??= []);
    const earlier = new Set<number>(barrier);
    if (thread.length > 0) earlier.add(thread.at(-1)!);
    const release = releasedBy.get(i);
    if (release !== undefined) earlier.add(release);
    if (hasAddress(recording.step[i])) {
      const addr = addrOf(recording.step[i]);
      const write = lastWrite.get(addr);
      if (write !== undefined) earlier.add(write);
      if ((recording.flags[i] & WROTE) !== 0) {
        for (const read of readsSince.get(addr) ?? []) earlier.add(read);
        lastWrite.set(addr, i);
        readsSince.set(addr, []);
      } else {
        const reads = readsSince.get(addr) ?? [];
        reads.push(i);
        readsSince.set(addr, reads);
      }
    }
    thread.push(i);
    before.push([...earlier]);
  }
  return { before, ofThread: Array.from(ofThread, (steps) => steps ?? []) };
}

/** By step: the step that let its thread go on, if it had been asleep or not yet there. */
function releasesOf({ releases, thread, length }: Recording): Map<number, number> {
  const by = new Map<number, number>();
  const pending = new Map<number, number>();
  let at = 0;
  for (let i = 0; i < length; i++) {
    const release = pending.get(thread[i]);
    if (release !== undefined) by.set(i, release);
    pending.delete(thread[i]);
    for (; at < releases.length && releases[at] === i; at += 2) pending.set(releases[at + 1], i);
  }
  return by;
}

/** All steps that `step` comes after, itself included. */
export function causesOf({ before }: PartialOrder, step: number): Set<number> {
  const causes = new Set<number>([step]);
  const open = [step];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const earlier of before[next]) {
      if (causes.has(earlier)) continue;
      causes.add(earlier);
      open.push(earlier);
    }
  }
  return causes;
}
