import type { Layout } from "../../machine/layout.ts";

/** Structures whose words change with every lock and unlock: an event says it better, or nobody needs to hear it. */
const LOCK_TYPES = new Set(["arch_spinlock", "spinlock", "mutex", "rwsem", "srcu_struct", "srcu_reader"]);

/** Structures below are not pointed to. */
const LEAST_ADDRESS = 4096;

/** How things are called in stories: never by their bare addresses. */
export class Names {
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** A structure by its address. */
  object(addr: number): string {
    return addr === 0 ? "none" : this.#layout.nameOfObject(addr);
  }

  word(addr: number): string {
    return this.#layout.nameOf(addr);
  }

  /** What a word holds. Words have no types: what could be the address of an object is taken for one. */
  value(value: number): string {
    return this.#isObject(value) ? this.object(value) : String(value);
  }

  /** What a word held and holds. */
  change(before: number, after: number): string {
    const isPointer = this.#isObject(before) || this.#isObject(after);
    const [from, to] = [before, after].map((value) => (isPointer && value === 0 ? "none" : this.value(value)));
    return `${from} -> ${to}`;
  }

  /** Does the word's new value say something to a person? Those of locks and of the insides of pages do not. */
  isTelling(addr: number): boolean {
    const structs = this.#layout.structsAt(addr);
    return structs.length > 0 && !structs.some(({ type }) => LOCK_TYPES.has(type.structName) || type.structName === "frame");
  }

  /** The beginning of a structure, somewhere where numbers that count something hardly get to. */
  #isObject(value: number): boolean {
    return (
      value >= LEAST_ADDRESS &&
      this.#layout.structsAt(value).some(({ base, type }) => base === value && type.structName !== "frame")
    );
  }
}
