import type { Layout } from "../../machine/layout.ts";
import type { StructType } from "../../machine/struct.ts";

/** What a word is, where that makes a difference to the cost of an access. */
export const ORDINARY = 0;
/** State of a lock whose waiters spin. */
export const SPINNING_LOCK = 1;
/** State of a lock whose waiters spin for a while and then sleep. */
export const SLEEPING_LOCK = 2;
export const TREE_NODE = 3;
export const SLAB = 4;
export const DOORBELL = 5;
export const TLB = 6;
/** How many there are. */
export const CLASSES = 7;

/** By name of a structure: the class of its words, and of those of structures within it that have none. */
const CLASS_OF: Readonly<Record<string, number>> = {
  arch_spinlock: SPINNING_LOCK,
  mutex: SLEEPING_LOCK,
  rwsem: SLEEPING_LOCK,
  interval_tree_node: TREE_NODE,
  kmem_cache: SLAB,
  event: DOORBELL,
  tlb: TLB,
};

/** The class of each word of a memory. */
export function classesOf(layout: Layout): Uint8Array {
  const classes = new Uint8Array(layout.words);
  for (const { base, end, type } of layout.regions) {
    const one = classes.subarray(base, base + type.words);
    mark(one, type, ORDINARY);
    for (let filled = type.words; base + filled < end; filled *= 2)
      classes.copyWithin(base + filled, base, Math.min(base + filled, end - filled));
  }
  return classes;
}

/** The outermost class of a lock wins: a mutex is made of a spinlock that nobody spins for. */
function mark(words: Uint8Array, type: StructType<string>, outer: number): void {
  const own = outer === SLEEPING_LOCK ? outer : (CLASS_OF[type.structName] ?? outer);
  if (own !== ORDINARY) words.fill(own);
  for (const { offset, type: field } of type.fields) {
    if (field.type === "struct") mark(words.subarray(offset, offset + field.words), field, own);
    if (field.type !== "array") continue;
    for (let at = offset; at < offset + field.words; at += field.of.words)
      mark(words.subarray(at, at + field.of.words), field.of, own);
  }
}
