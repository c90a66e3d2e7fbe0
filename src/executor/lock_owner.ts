import type { Layout } from "../machine/layout.ts";

/** Id of the task that holds the lock whose word `addr` is; 0 if it is no lock or nobody knows. */
export type OwnerOf = (addr: number) => number;

/** Holders by the `owner` word that locks of these types keep for reports. */
export function lockOwner(layout: Layout, words: Int32Array, lockTypes: readonly string[]): OwnerOf {
  return (addr) => {
    const lock = layout.structsAt(addr).findLast(({ type }) => lockTypes.includes(type.structName));
    const owner = lock?.type.fields.find((field) => field.name === "owner");
    return lock === undefined || owner === undefined ? 0 : Atomics.load(words, lock.base + owner.offset);
  };
}
