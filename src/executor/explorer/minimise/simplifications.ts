import type { Block } from "./blocks.ts";

/**
 * Simpler schedules to try, the boldest first: whole runs of blocks left out (halves, quarters, …: delta debugging), a block joined
 * to its thread's former or next one, a switch a little earlier or later, an event of chance that does not happen.
 */
export function* simplifications(blocks: readonly Block[]): Generator<Block[]> {
  for (let size = blocks.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= blocks.length; at += size) yield [...blocks.slice(0, at), ...blocks.slice(at + size)];
  }
  for (let i = 1; i < blocks.length; i++) {
    const former = lastIndexBefore(blocks, i);
    if (former < 0) continue;
    yield joined(blocks, former, i);
    yield joinedLater(blocks, former, i);
  }
  for (let i = 0; i < blocks.length; i++) {
    const at = blocks[i].answers.indexOf(1);
    if (at >= 0) yield blocks.map((block, j) => (j === i ? { ...block, answers: block.answers.map((answer, k) => (k === at ? 0 : answer)) } : block));
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
