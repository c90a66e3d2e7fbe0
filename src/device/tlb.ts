import { fetchAdd, readOnce } from "../machine/access.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { array, struct, u32, Word, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";

/**
 * Translation lookaside buffer of a GPU, shared by its contexts: a small fully associative first level and a set
 * associative second one, not inclusive, replaced round robin (LATENCIES 4.9: 32 entries at 1 cycle, 512 in 16 ways at 10).
 *
 * Whatever the hardware does to it is one action and one step, announced at `epoch`: a look-up, a fill and a flush never
 * overlap. On threads that holds because a GPU is one thread; only processors that *look* (view.ts) may come in between.
 */

export const L1_ENTRIES = 32;
export const L2_ENTRIES = 512;
export const L2_WAYS = 16;
export const L2_SETS = L2_ENTRIES / L2_WAYS;

export const TlbEntry = struct("tlb_entry", {
  /**
   * 0: invalid. Else the number of the translation, given when the walker filled it in; copies in both levels share it.
   * Cleared before and set after the other words, so that an onlooker who reads it twice has seen one entry.
   */
  stamp: u32,
  /** asid * 8 + the upper three bits of the page number. */
  tag: u32,
  /** Lower 32 bits of the page number. */
  vpn: u32,
  pte: u32,
});

export const Tlb = struct("tlb", {
  /**
   * Flushes so far, times two: a walk that one of them overtook must not fill. Bit 0 flips when entries change otherwise, since
   * steps are announced here: an action that changes entries changes the word, and so counts as a write.
   */
  epoch: u32,
  lastStamp: u32,
  l1Victim: u32,
  l1: array(TlbEntry, L1_ENTRIES),
  l2Victims: array(Word, L2_SETS),
  l2: array(TlbEntry, L2_ENTRIES),
});

/** A translation as a context works with it; each has one, used again forevery access. */
export interface Translation {
  pte: number;
  /** Page-table word that it came from; only set by a walk. */
  pteAddr: number;
  stamp: number;
  /** Epoch of the TLB when the look-up missed. */
  epoch: number;
}

/** TLB number `index`, from 0, of so many in the GPU. */
export interface TlbNumbering {
  readonly index: number;
  readonly of: number;
}

const THE_ONLY_TLB: TlbNumbering = { index: 0, of: 1 };

const ENTRY_WORDS = TlbEntry.words;

/** Look in L1. False: nothing there that permits the access. */
export function* lookupL1(
  task: Task,
  tlb: Ptr<"tlb">,
  asid: number,
  va: number,
  needs: number,
  found: Translation,
): Run<boolean> {
  yield* readOnce(task, tlb, Tlb.epoch);
  return hit(task.words, find(task.words, tlb + Tlb.l1, L1_ENTRIES, tagOf(asid, va), vpnOf(va)), needs, found);
}

/** Look in L2, and copy what is found to L1. False: nothing there that permits the access; `found.epoch` is for the walk. */
export function* lookupL2(
  task: Task,
  tlb: Ptr<"tlb">,
  asid: number,
  va: number,
  needs: number,
  found: Translation,
): Run<boolean> {
  found.epoch = yield* fetchAdd(task, tlb, Tlb.epoch, 0); // writes if it hits
  const { words } = task;
  const tag = tagOf(asid, va);
  const vpn = vpnOf(va);
  if (!hit(words, find(words, l2Set(tlb, vpn), L2_WAYS, tag, vpn), needs, found)) return false;
  insert(words, tlb + Tlb.l1, L1_ENTRIES, tlb + Tlb.l1Victim, tag, vpn, found);
  markChanged(words, tlb);
  return true;
}

/**
 * Enter what a walk found into both levels. False if a flush came since the look-up: the walk may be out of date.
 *
 * @param numbering which of how many TLBs it is: the stamps of all are to differ
 */
export function* fillTlb(
  task: Task,
  tlb: Ptr<"tlb">,
  asid: number,
  va: number,
  walked: Translation,
  numbering: TlbNumbering = THE_ONLY_TLB,
): Run<boolean> {
  if (isOvertaken(walked.epoch, yield* fetchAdd(task, tlb, Tlb.epoch, 0))) return false;
  const { words } = task;
  const tag = tagOf(asid, va);
  const vpn = vpnOf(va);
  walked.stamp = nextStamp(words, tlb, numbering);
  insert(words, l2Set(tlb, vpn), L2_WAYS, tlb + Tlb.l2Victims + setOf(vpn), tag, vpn, walked);
  insert(words, tlb + Tlb.l1, L1_ENTRIES, tlb + Tlb.l1Victim, tag, vpn, walked);
  markChanged(words, tlb);
  return true;
}

/** Drop all entries of `asid` that touch [start, end). Walks under way will not fill. */
export function* removeFromTlb(task: Task, tlb: Ptr<"tlb">, asid: number, start: number, end: number): Run<void> {
  yield* fetchAdd(task, tlb, Tlb.epoch, 2);
  removeRange(task.words, tlb + Tlb.l1, L1_ENTRIES, asid, start, end);
  removeRange(task.words, tlb + Tlb.l2, L2_ENTRIES, asid, start, end);
}

/** What entry `entry` maps: first byte of its page. */
export function entryVa(words: Int32Array, entry: number): number {
  return ((words[entry + TlbEntry.tag] & 7) * 2 ** 32 + (words[entry + TlbEntry.vpn] >>> 0)) * PAGE_SIZE;
}

export function entryAsid(words: Int32Array, entry: number): number {
  return words[entry + TlbEntry.tag] >>> 3;
}

/** Has there been a flush between these two epochs? */
function isOvertaken(before: number, now: number): boolean {
  return (before ^ now) >>> 1 !== 0;
}

function markChanged(words: Int32Array, tlb: Ptr<"tlb">): void {
  Atomics.xor(words, tlb + Tlb.epoch, 1);
}

function hit(words: Int32Array, entry: number, needs: number, found: Translation): boolean {
  // An entry that forbids the access is a miss: the walker looks whether the page table permits it by now.
  if (entry === 0 || (needs & ~words[entry + TlbEntry.pte]) !== 0) return false;
  found.pte = words[entry + TlbEntry.pte];
  found.stamp = words[entry + TlbEntry.stamp];
  return true;
}

function find(words: Int32Array, base: number, ways: number, tag: number, vpn: number): number {
  const end = base + ways * ENTRY_WORDS;
  for (let entry = base; entry < end; entry += ENTRY_WORDS) {
    if (words[entry + TlbEntry.vpn] === vpn && words[entry + TlbEntry.tag] === tag && words[entry] !== 0) return entry;
  }
  return 0;
}

function insert(
  words: Int32Array,
  base: number,
  ways: number,
  victimAddr: number,
  tag: number,
  vpn: number,
  translation: Translation,
): void {
  const entry = find(words, base, ways, tag, vpn) || findInvalid(words, base, ways) || nextVictim(words, base, ways, victimAddr);
  Atomics.store(words, entry + TlbEntry.stamp, 0);
  words[entry + TlbEntry.tag] = tag;
  words[entry + TlbEntry.vpn] = vpn;
  words[entry + TlbEntry.pte] = translation.pte;
  Atomics.store(words, entry + TlbEntry.stamp, translation.stamp);
}

function findInvalid(words: Int32Array, base: number, ways: number): number {
  const end = base + ways * ENTRY_WORDS;
  for (let entry = base; entry < end; entry += ENTRY_WORDS) if (words[entry + TlbEntry.stamp] === 0) return entry;
  return 0;
}

function nextVictim(words: Int32Array, base: number, ways: number, victimAddr: number): number {
  const way = words[victimAddr];
  words[victimAddr] = (way + 1) % ways;
  return base + way * ENTRY_WORDS;
}

function removeRange(words: Int32Array, base: number, count: number, asid: number, start: number, end: number): void {
  const last = base + count * ENTRY_WORDS;
  for (let entry = base; entry < last; entry += ENTRY_WORDS) {
    if (words[entry + TlbEntry.stamp] === 0 || entryAsid(words, entry) !== asid) continue;
    const va = entryVa(words, entry);
    if (va < end && va + PAGE_SIZE > start) Atomics.store(words, entry + TlbEntry.stamp, 0);
  }
}

function nextStamp(words: Int32Array, tlb: Ptr<"tlb">, { index, of }: TlbNumbering): number {
  words[tlb + Tlb.lastStamp] = words[tlb + Tlb.lastStamp] + of || of; // 0 means invalid
  return words[tlb + Tlb.lastStamp] - index;
}

function l2Set(tlb: Ptr<"tlb">, vpn: number): number {
  return tlb + Tlb.l2 + setOf(vpn) * L2_WAYS * ENTRY_WORDS;
}

function setOf(vpn: number): number {
  return vpn & (L2_SETS - 1);
}

function tagOf(asid: number, va: number): number {
  return (asid * 8 + Math.floor(va / (PAGE_SIZE * 2 ** 32))) | 0;
}

function vpnOf(va: number): number {
  return Math.floor(va / PAGE_SIZE) | 0; // ToInt32 keeps the low 32 bits
}
