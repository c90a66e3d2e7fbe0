import type { Layout } from "../../machine/layout.ts";
import { fieldName } from "../../machine/struct.ts";

/** A lock as lockdep sees it: all locks in the same field of the same structure are one class. */
export interface LockClass {
  /** `mm_struct.mmap_lock`, `page.flags`; of a lock that stands alone, its own name. */
  readonly name: string;
  /** Who waits for it sleeps: a mutex, an rwsem, or what only stands for such a wait. */
  readonly isSleeping: boolean;
  /** Stands for a wait, and is no lock: any number of tasks may hold it. */
  readonly isPseudo: boolean;
}

/** Structures that are locks, or stand for a wait: is it one for which one sleeps? */
const IS_SLEEPING: Readonly<Record<string, boolean>> = {
  spinlock: false,
  arch_spinlock: false,
  mutex: true,
  rwsem: true,
  lockdep_map: true,
  srcu_struct: true,
};
const PSEUDO = new Set(["lockdep_map", "srcu_struct"]);

/** Classes of locks by address. */
export class LockClasses {
  readonly #layout: Layout;
  readonly #byAddress = new Map<number, LockClass>();
  readonly #byName = new Map<string, LockClass>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  of(lock: number): LockClass {
    let known = this.#byAddress.get(lock);
    if (known === undefined) {
      const found = this.#find(lock);
      known = this.#byName.get(found.name) ?? found;
      this.#byName.set(known.name, known);
      this.#byAddress.set(lock, known);
    }
    return known;
  }

  /** Is the word the state of a lock for which one spins? Who waits on it in the emulator does not sleep in the kernel. */
  isSpinWord(addr: number): boolean {
    const structs = this.#layout.structsAt(addr);
    return structs.at(-1)?.type.structName === "arch_spinlock" && structs.at(-2)?.type.structName !== "mutex";
  }

  /** The lock itself: `mm_struct#2.mmap_lock`, `page5.ptl`. */
  nameOf(lock: number): string {
    const { path, depth } = this.#place(lock);
    const name = this.#layout.nameOf(lock).split(".");
    return name.slice(0, name.length - path.length + depth).join(".");
  }

  #find(lock: number): LockClass {
    const { path, depth, structName } = this.#place(lock);
    const outermost = depth === 0 ? this.nameOf(lock).replace(/#?\d+$/, "") : this.#layout.structsAt(lock)[0].type.structName;
    const name = [outermost, ...path.slice(0, depth)].join(".").replaceAll(/\[\d+\]/g, "[]");
    // Bits of a word, as the lock of a page, are a lock for which one sleeps.
    return { name, isSleeping: IS_SLEEPING[structName] ?? true, isPseudo: PSEUDO.has(structName) };
  }

  /** The fields that lead to the lock's first word, how many of them lead to the lock, and what structure it is. */
  #place(lock: number): { readonly path: readonly string[]; readonly depth: number; readonly structName: string } {
    const structs = this.#layout.structsAt(lock);
    const { base, type } = structs[0];
    const path = fieldName(type, lock - base).split(".");
    if (lock === base && IS_SLEEPING[type.structName] !== undefined) return { path, depth: 0, structName: type.structName };
    const depth = structs.findIndex((struct, i) => i > 0 && struct.base === lock);
    return depth < 0
      ? { path, depth: path.length, structName: "word" }
      : { path, depth, structName: structs[depth].type.structName };
  }
}
