import type { Layout } from "../machine/layout.ts";
import { Word } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import type { Tracer } from "../machine/tracer.ts";
import { keepBooks } from "./books/books.ts";
import { imbalances, type Balance } from "./oracle/balance.ts";
import { watchPendingFences } from "./oracle/events/pending_fences.ts";
import { watchProgress, type Unfinished } from "./oracle/events/progress.ts";
import { watchRemoval } from "./oracle/events/removal.ts";
import { watchSequence } from "./oracle/events/sequence.ts";
import { watchTlbSeqno } from "./oracle/events/tlb_seqno.ts";
import { watchTwoPass } from "./oracle/events/two_pass.ts";
import { watchWarnings } from "./oracle/events/warnings.ts";
import { watchCommit } from "./oracle/memory/commit.ts";
import { watchDmaUnmap } from "./oracle/memory/dma_unmap.ts";
import { watchJoin } from "./oracle/memory/join.ts";
import { watchLostData } from "./oracle/memory/lost_data.ts";
import { watchStaleAccess } from "./oracle/memory/stale_access.ts";
import type { MemoryWatch, Oracle } from "./oracle/oracle.ts";
import { FlightRecorder } from "./record/flight_recorder.ts";
import { Reporter, type WatchedViolation } from "./record/reporter.ts";
import { Statistics, type Snapshot } from "./statistics.ts";
import type { CheckWorld } from "./world.ts";

/** All oracles of one thread. */
export interface Oracles {
  /** Violations that this thread saw: the first hundred in full. */
  violations(): readonly WatchedViolation[];
  /** Violations so far, of all threads. */
  totalViolations(words: Int32Array): number;
  /** All violations that this thread saw, by rule. */
  violationCounts(): Readonly<Record<string, number>>;
  /**
   * How often, over all threads, the oracles' tables had no place for something, or had forgotten it before it was judged: by
   * what it is, as in `finish objects`; empty if the oracles have seen all.
   */
  missed(words: Int32Array): Readonly<Record<string, number>>;
  /** Counts and latencies of this thread. */
  snapshot(): Snapshot;
  /** What tasks of this thread began and did not finish. */
  unfinished(): Unfinished[];
  /** The last events of all threads, oldest first, one line each. */
  recentEvents(words: Int32Array, count?: number): string[];
  /**
   * Nobody runs any more: compare all data with what was written, and what is in use with what should be. On one thread, with
   * a task of it; what is found is added to this thread's violations.
   */
  atQuiescence(task: Task, balances: readonly Balance[]): void;
  /** Memory is as it was when no task had begun anything: forget all that happened since. Only with a single thread. */
  reset(): void;
}

/** What several of them have to say of one event is told in this order, and so is what they have to say at quiescence. */
const ORACLES: readonly ((watch: MemoryWatch) => Oracle)[] = [
  watchStaleAccess,
  watchJoin,
  watchLostData,
  watchTwoPass,
  watchSequence,
  watchRemoval,
  watchCommit,
  watchTlbSeqno,
  watchDmaUnmap,
  watchPendingFences,
  watchWarnings,
];

/**
 * Place the oracles' part of shared memory and let them listen to this thread's events.
 *
 * Without `measures` nothing is counted that no rule depends on: the snapshot stays empty.
 */
export function attachOracles(tracer: Tracer, layout: Layout, world: CheckWorld, { measures = true } = {}): Oracles {
  const recorder = new FlightRecorder(layout, world);
  recorder.listen(tracer);
  const total = layout.place(Word, "violations");
  const reporter = new Reporter(recorder, total);
  const books = keepBooks(tracer, layout, world);
  const watch = (rank: number): MemoryWatch => ({ tracer, layout, world, books, report: reporter.ranked(rank) });
  const progress = watchProgress(watch(ORACLES.length));
  const oracles = [...ORACLES.map((oracle, rank) => oracle(watch(rank))), progress];
  const statistics = new Statistics(books.open, world.gpus.length);
  if (measures) statistics.listen(tracer);
  const reportImbalance = reporter.ranked(oracles.length);

  return {
    violations: () => reporter.kept,
    totalViolations: (words) => Atomics.load(words, total),
    violationCounts: () => Object.fromEntries(reporter.counts),
    missed: (words) => {
      const all = { ...books.missed(words), ...Object.assign({}, ...oracles.map((oracle) => oracle.missed?.(words))) } as object;
      return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
    },
    snapshot: () => statistics.snapshot(reporter.counts.get("stale-access") ?? 0, progress.worst()),
    unfinished: () => progress.unfinished(),
    recentEvents: (words, count) => recorder.recent(words, count),
    atQuiescence(task, balances) {
      reporter.settle();
      for (const oracle of oracles) oracle.atQuiescence?.(task);
      for (const message of imbalances(balances)) reportImbalance(task, "balance", message);
    },
    reset() {
      recorder.reset();
      books.open.reset();
      for (const oracle of oracles) oracle.reset?.();
      reporter.reset();
    },
  };
}
