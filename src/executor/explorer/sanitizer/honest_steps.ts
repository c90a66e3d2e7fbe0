import type { Layout } from "../../../machine/layout.ts";
import { addrOf } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import type { Engine } from "../engine/engine.ts";
import { fieldKey } from "./race_report.ts";

/**
 * Do steps say what they write? Exploration takes two steps for independent if they name different words, so a word that is
 * written in a step that names another one must be reached by one task alone, or by nobody but under the same name. This compares
 * all of memory before and after each step, and is for tests.
 */
export class HonestSteps {
  readonly #layout: Layout;
  readonly #words: Int32Array;
  readonly #before: Int32Array;
  /** By field written: the fields that were named instead. */
  readonly unannounced = new Map<string, Set<string>>();

  constructor(layout: Layout, words: Int32Array) {
    this.#layout = layout;
    this.#words = words;
    this.#before = words.slice();
  }

  /** An execution begins. */
  begin(): void {
    this.#before.set(this.#words);
  }

  /** After each step. @param isPrivate may nobody but the task that took the step know this word? */
  stepped(engine: Engine, isPrivate: (addr: number) => boolean): void {
    const announced = hasAddress(engine.lastStep) ? addrOf(engine.lastStep) : 0;
    for (let addr = 0; addr < this.#words.length; addr++) {
      if (this.#words[addr] === this.#before[addr]) continue;
      this.#before[addr] = this.#words[addr];
      if (addr !== announced && !isPrivate(addr)) this.#note(addr, announced);
    }
  }

  #note(addr: number, announced: number): void {
    const field = this.#fieldAt(addr);
    const names = this.unannounced.get(field) ?? new Set();
    this.unannounced.set(field, names.add(announced === 0 ? "nothing" : this.#fieldAt(announced)));
  }

  #fieldAt(addr: number): string {
    const struct = this.#layout.structsAt(addr).at(-1);
    return struct === undefined ? this.#layout.nameOf(addr) : fieldKey(struct.type, addr - struct.base);
  }
}
