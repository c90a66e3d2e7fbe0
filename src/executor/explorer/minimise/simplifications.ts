import type { Block } from "./blocks.ts";

/**
 * Simpler schedules to try, the boldest first: whole runs of blocks left out (halves, quarters, …: delta debugging), a block joined
 * to its thread's former or next one, an event of chance that does not happen, a block cut short or postponed in part.
 */
export function* simplifications(blocks: readonly Block[]): Generator<Block[]> {
  for (let size = Math.max(1, blocks.length >> 1); size >= 1; size >>= 1) {
    for (let at = 0; at < blocks.length; at += size) yield blocks.toSpliced(at, size);
  }
  for (let i = 1; i < blocks.length; i++) {
    const former = lastIndexBefore(blocks, i);
    if (former < 0) continue;
    yield joined(blocks, former, i);
    yield joinedLater(blocks, former, i);
  }
  for (let i = 0; i < blocks.length; i++) {
    for (let at = blocks[i].answers.indexOf(1); at >= 0; at = blocks[i].answers.indexOf(1, at + 1)) {
      yield blocks.with(i, { ...blocks[i], answers: blocks[i].answers.with(at, 0) });
    }
  }
  for (let i = 0; i < blocks.length; i++) {
    for (let size = blocks[i].answers.length >> 1; size >= 1; size >>= 1) {
      yield blocks.with(i, { ...blocks[i], answers: blocks[i].answers.slice(0, -size) });
      yield postponed(blocks, i, size);
    }
  }
}

function lastIndexBefore(blocks: readonly Block[], index: number): number {
  for (let i = index - 1; i >= 0; i--) if (blocks[i].thread === blocks[index].thread) return i;
  return -1;
}

/** Block `later` at once after `former`. */
function joined(blocks: readonly Block[], former: number, later: number): Block[] {
  return blocks.flatMap((block, i) => (i === former ? [block, blocks[later]] : i === later ? [] : [block]));
}

/** Block `former` only before `later`. */
function joinedLater(blocks: readonly Block[], former: number, later: number): Block[] {
  return blocks.flatMap((block, i) => (i === later ? [blocks[former], block] : i === former ? [] : [block]));
}

/** The last steps of a block only when its thread's turn comes again, or at the end. */
function postponed(blocks: readonly Block[], index: number, size: number): Block[] {
  const { thread, answers } = blocks[index];
  const late = { thread, answers: answers.slice(-size) };
  const next = blocks.findIndex((block, i) => i > index && block.thread === thread);
  return blocks.with(index, { thread, answers: answers.slice(0, -size) }).toSpliced(next < 0 ? blocks.length : next, 0, late);
}
