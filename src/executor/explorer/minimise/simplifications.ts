import type { Block } from "./blocks.ts";

/** A way to make a schedule simpler in one place. */
export interface Simplify {
  /** How much at once, to begin with; then half of it, and so on. */
  largest(blocks: readonly Block[]): number;
  /** Null if there is nothing to be done in this place. */
  at(blocks: readonly Block[], index: number, size: number): Block[] | null;
}

/** Whole runs of blocks left out: delta debugging. */
const leaveOut: Simplify = {
  largest: (blocks) => Math.max(1, blocks.length >> 1),
  at: (blocks, index, size) => (index % size === 0 ? blocks.toSpliced(index, size) : null),
};

/** A block at once after the former one of its thread. */
const advance: Simplify = {
  largest: () => 1,
  at: (blocks, index) => {
    const former = blocks.findLastIndex(({ thread }, i) => i < index && thread === blocks[index].thread);
    return former < 0 ? null : blocks.toSpliced(index, 1).toSpliced(former + 1, 0, blocks[index]);
  },
};

/** A block only before the next one of its thread. */
const postpone: Simplify = {
  largest: () => 1,
  at: (blocks, index) => {
    const next = nextOf(blocks, index);
    return next < 0 ? null : blocks.toSpliced(next, 0, blocks[index]).toSpliced(index, 1);
  },
};

/** Chance says no. */
const deny: Simplify = {
  largest: () => 1,
  at: (blocks, index) => {
    const at = blocks[index].answers.indexOf(1);
    return at < 0 ? null : blocks.with(index, { ...blocks[index], answers: blocks[index].answers.with(at, 0) });
  },
};

/** The last steps of a block are not taken. */
const cutShort: Simplify = {
  largest: halfOfLongest,
  at: (blocks, index, size) => {
    const { thread, answers } = blocks[index];
    return answers.length <= size ? null : blocks.with(index, { thread, answers: answers.slice(0, -size) });
  },
};

/** They are taken when the thread's turn comes again, or at the end. */
const postponePart: Simplify = {
  largest: halfOfLongest,
  at: (blocks, index, size) => {
    const { thread, answers } = blocks[index];
    if (answers.length <= size) return null;
    const next = nextOf(blocks, index);
    const late = { thread, answers: answers.slice(-size) };
    return blocks.with(index, { thread, answers: answers.slice(0, -size) }).toSpliced(next < 0 ? blocks.length : next, 0, late);
  },
};

/** The boldest first. */
export const SIMPLIFICATIONS: readonly Simplify[] = [leaveOut, advance, postpone, deny, cutShort, postponePart];

function nextOf(blocks: readonly Block[], index: number): number {
  return blocks.findIndex(({ thread }, i) => i > index && thread === blocks[index].thread);
}

function halfOfLongest(blocks: readonly Block[]): number {
  return Math.max(...blocks.map(({ answers }) => answers.length), 0) >> 1;
}
