/** Counts the questions that threads put to chance. */
export class Questions {
  readonly #counts = new Map<string, number>();

  clear(): void {
    this.#counts.clear();
  }

  /** One more: which one it is, from 1, of all of this thread's, and of those that ask the same. */
  ask(task: string, asked: string): { readonly all: number; readonly same: number } {
    return { all: this.#count(task), same: this.#count(`${task} ${asked}`) };
  }

  #count(key: string): number {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }
}
