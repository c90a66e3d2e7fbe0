/** What a program asked of its address space: the content of a log. */

/** Calls that are replayed. `pkey_mprotect` counts as `mprotect`: protection keys do not reach a device. */
export type CallName = "mmap" | "munmap" | "mprotect" | "mremap" | "madvise" | "brk";

/**
 * One call. Addresses and lengths in bytes, as recorded: a length need not be a multiple of the page size. What a call has
 * no argument for is 0. Flags have the values of x86-64 Linux.
 */
export interface Op {
  /** Line of the log on which the call begins, from 1. */
  readonly line: number;
  /** Threads numbered densely, in order of appearance; see {@link Workload.threads} for their tids. */
  readonly thread: number;
  /** Address spaces numbered densely, the one with the most calls first; see {@link Workload.spaces}. */
  readonly space: number;
  /** Time of entry since the first line, in microseconds; 0 in a log without timestamps. */
  readonly timeUs: number;
  readonly call: CallName;
  /** First argument; 0 for NULL. */
  readonly addr: number;
  readonly length: number;
  /** PROT_ bits of mmap and mprotect. */
  readonly prot: number;
  /** MAP_ or MREMAP_ bits, or the advice of madvise. */
  readonly flags: number;
  /** mmap of a file: its offset in bytes. */
  readonly offset: number;
  /** mmap without MAP_ANONYMOUS. */
  readonly isFile: boolean;
  /** mremap. */
  readonly newLength: number;
  /** mremap with MREMAP_FIXED. */
  readonly newAddr: number;
  /**
   * What the call returned. mmap and mremap: the address, at which a replay has to place the mapping whatever `addr`
   * says, since all later calls refer to it; brk: the break; others 0; -1 if the call failed.
   */
  readonly result: number;
  /** `ENOMEM`, …; "" if the call succeeded. */
  readonly errno: string;
}

export interface Workload {
  readonly file: string;
  /**
   * Calls to replay, in the order in which they began. Of calls that overlap the log does not say which took effect first;
   * in the logs under examples/workloads this order never maps a page twice, that of their ends does.
   */
  readonly ops: readonly Op[];
  /** Tid of each thread, by its number; 0 if the log names none. */
  readonly threads: readonly number[];
  /** Address spaces seen, 1 or more. See spaces.ts for how they are told apart, and where that is a guess. */
  readonly spaces: number;
  /** Calls that change nothing that is modelled, by name: `mlock`, `msync`, `madvise MADV_DONTFORK`, … */
  readonly noEffect: ReadonlyMap<string, number>;
  /** Calls that nothing is known about, by name. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Failed calls among `ops`, by name and error: `munmap EINVAL`. */
  readonly failed: ReadonlyMap<string, number>;
  /** Calls without a result: the process ended, or the log did. */
  readonly unanswered: number;
  /** Threads whose end the log shows. */
  readonly exits: number;
  readonly lines: number;
  /** Lines that are not strace's, or not understood, and why the first of them was left out; null if all are. */
  readonly skipped: { readonly lines: number; readonly first: string } | null;
  /** All addresses that successful calls refer to: from `start` up to, not including, `end`, in bytes. */
  readonly footprint: { readonly start: number; readonly end: number };
}

/** For each thread, by its number, the indexes into `ops` of the calls that succeeded, in order. */
export function schedule(workload: Workload): number[][] {
  const byThread: number[][] = workload.threads.map(() => []);
  for (const [index, op] of workload.ops.entries()) {
    if (op.errno === "") byThread[op.thread].push(index);
  }
  return byThread;
}
