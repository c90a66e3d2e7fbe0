import type { Vma } from "./vma.ts";

/** A fault being handled: what the entry was when it was looked at without the table's lock. */
export interface Fault {
  readonly vma: Vma;
  /** Page aligned. */
  readonly va: number;
  readonly isWrite: boolean;
  readonly table: number;
  readonly pte: number;
}
