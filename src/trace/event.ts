/** A tracepoint that was hit. */
export interface Hit {
  readonly id: number;
  /** MAX_ARGUMENTS of them; those that the event does not have are 0. */
  readonly values: readonly number[];
}

/** A tracepoint that was hit, by whom and when. */
export interface TraceEvent extends Hit {
  readonly task: number;
  /** By the clock of the recorder; null if it did not look at it. */
  readonly time: number | null;
}

/** Name of the structure or word at an address: `mm_struct#2`. */
export type NameOf = (addr: number) => string;

/** How things are called where events are printed. */
export interface Naming {
  /** Of task `id`: `cpu1`. */
  taskName(id: number): string;
  nameOf(addr: number): string;
}
