import type { Bug } from "./bug.ts";
import { commitWithoutReadRetry } from "./commit_without_read_retry.ts";
import { deferredInsertEarly } from "./deferred_insert_early.ts";
import { eagainLosesEnd } from "./eagain_loses_end.ts";
import { eagainLosesFinish } from "./eagain_loses_finish.ts";
import { finishBeforeFlush } from "./finish_before_flush.ts";
import { finishForgotten } from "./finish_forgotten.ts";
import { flushAnsweredEarly } from "./flush_answered_early.ts";
import { flushSkipped } from "./flush_skipped.ts";
import { forkWithoutNotifier } from "./fork_without_notifier.ts";
import { frameFreedBeforeNotifier } from "./frame_freed_before_notifier.ts";
import { laterInvocationDoesNotJoin } from "./later_invocation_does_not_join.ts";
import { mprotectWithoutNotifier } from "./mprotect_without_notifier.ts";
import { rangeOffByOnePage } from "./range_off_by_one_page.ts";
import { reclaimWithoutNotifier } from "./reclaim_without_notifier.ts";
import { removeDoesNotWait } from "./remove_does_not_wait.ts";
import { setSeqOmitted } from "./set_seq_omitted.ts";
import { swappedBeforeUnmapped } from "./swapped_before_unmapped.ts";

/** All seeded bugs, by name. */
export const BUGS: readonly Bug[] = [
  commitWithoutReadRetry,
  deferredInsertEarly,
  eagainLosesEnd,
  eagainLosesFinish,
  finishBeforeFlush,
  finishForgotten,
  flushAnsweredEarly,
  flushSkipped,
  forkWithoutNotifier,
  frameFreedBeforeNotifier,
  laterInvocationDoesNotJoin,
  mprotectWithoutNotifier,
  rangeOffByOnePage,
  reclaimWithoutNotifier,
  removeDoesNotWait,
  setSeqOmitted,
  swappedBeforeUnmapped,
];
