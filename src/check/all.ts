import type { Layout } from "../machine/layout.ts";
import { Word } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import type { Tracer } from "../machine/tracepoint.ts";
import { ActiveRanges } from "./books/active_ranges.ts";
import { AddressSpaces } from "./books/address_spaces.ts";
import { imbalances, type Balance } from "./oracle/balance.ts";
import { Commit } from "./oracle/commit.ts";
import { FlightRecorder } from "./record/flight_recorder.ts";
import { FrameShadow } from "./books/frame_shadow.ts";
import { Join } from "./oracle/join.ts";
import { LostData } from "./oracle/lost_data.ts";
import { OpenRanges } from "./books/open_ranges.ts";
import { PendingFences } from "./oracle/pending_fences.ts";
import { Progress, type Unfinished } from "./progress.ts";
import { Removal } from "./oracle/removal.ts";
import { Sequence } from "./oracle/sequence.ts";
import { StaleAccess } from "./oracle/stale_access.ts";
import { Statistics, type Snapshot } from "./statistics.ts";
import { Subscribers } from "./books/subscribers.ts";
import { TlbSeqno } from "./oracle/tlb_seqno.ts";
import { TlbShadow } from "./books/tlb_shadow.ts";
import { TwoPass } from "./oracle/two_pass.ts";
import { Reporter, type Violation } from "./record/violation.ts";
import { reportWarnings } from "./oracle/warnings.ts";
import type { CheckWorld } from "./world.ts";

/** All oracles of one thread. */
export interface Oracles {
  /** Violations that this thread saw: the first hundred in full. */
  violations(): readonly Violation[];
  /** Violations so far, of all threads. */
  totalViolations(words: Int32Array): number;
  /** All violations that this thread saw, by rule. */
  violationCounts(): Readonly<Record<string, number>>;
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

/**
 * Place the oracles' part of shared memory and let them listen to this thread's events. Their order matters in three places:
 * the recorder comes first, so that a violation's last event is the one objected to; whoever keeps the books comes
 * before who judges by them; and ranges are forgotten last.
 *
 * Without `measures` nothing is counted that no rule depends on: the snapshot stays empty.
 */
export function attachOracles(tracer: Tracer, layout: Layout, world: CheckWorld, { measures = true } = {}): Oracles {
  const recorder = new FlightRecorder(layout, world);
  const frames = new FrameShadow(layout, world);
  const spaces = new AddressSpaces(layout, world.tableRows);
  const tlbs = new TlbShadow(layout, world, frames, spaces);
  const active = new ActiveRanges(layout, world.tableRows);
  const subscribers = new Subscribers(layout, world.tableRows);
  const open = new OpenRanges();
  const sequence = new Sequence(layout, world, open, subscribers);
  const twoPass = new TwoPass(layout, world, open, subscribers);
  const lostData = new LostData(layout, world, frames, tlbs);
  const seqnos = new TlbSeqno(layout, world, spaces);
  const pendingFences = new PendingFences(layout, world);
  const total = layout.place(Word, "violations");
  const reporter = new Reporter((words) => recorder.recent(words), total);
  const statistics = new Statistics(open, world.gpus.length);
  const progress = new Progress(layout, world, open);

  recorder.listenFirst(tracer);
  open.listenFirst(tracer);
  subscribers.listenFirst(tracer);
  frames.listen(tracer);
  spaces.listen(tracer);
  tlbs.listen(tracer);
  new StaleAccess(world, frames, tlbs).listen(tracer, reporter);
  new Join(world, spaces, active, open, subscribers, tlbs).listen(tracer, reporter);
  lostData.listen(tracer, reporter);
  sequence.listen(tracer, reporter);
  twoPass.listen(tracer, reporter);
  new Removal(world, subscribers).listen(tracer, reporter);
  new Commit(world, subscribers).listen(tracer, reporter);
  seqnos.listen(tracer, reporter);
  pendingFences.listen(tracer, reporter);
  reportWarnings(tracer, reporter);
  if (measures) statistics.listen(tracer);
  progress.listen(tracer);
  open.listenLast(tracer);

  return {
    violations: () => reporter.kept,
    totalViolations: (words) => Atomics.load(words, total),
    violationCounts: () => Object.fromEntries(reporter.counts),
    snapshot: () => statistics.snapshot(reporter.counts.get("stale-access") ?? 0, progress.worst()),
    unfinished: () => progress.unfinished(),
    recentEvents: (words, count) => recorder.recent(words, count),
    atQuiescence(task, balances) {
      const { words } = task;
      lostData.sweep(task, reporter);
      for (const { mm, seq, active: count, deferred } of sequence.notIdle(words)) {
        reporter.report(
          task,
          "I2",
          `${world.nameOf(mm)} is not idle at quiescence: number ${seq}, ${count} active ranges, ${deferred} changes of the tree put off`,
        );
      }
      for (const { finish, task: owner } of twoPass.stillListed(words)) {
        reporter.report(
          task,
          "I11",
          `finish object ${world.nameOf(finish)} is still in the list of ${world.taskName(owner)} at quiescence`,
        );
      }
      const ranges = { name: "ranges between start and end", expected: 0, actual: active.count(words) };
      for (const message of imbalances([ranges, ...progress.balances(words), ...balances]))
        reporter.report(task, "balance", message);
    },
    reset() {
      recorder.reset();
      open.reset();
      lostData.reset();
      progress.reset();
      reporter.reset();
    },
  };
}
