import type { Bug } from "./bug.ts";
import { answerSignalsAll } from "./answer_signals_all.ts";
import { bindFenceAfterUnlock } from "./bind_fence_after_unlock.ts";
import { blockableTestInverted } from "./blockable_test_inverted.ts";
import { classicNotifiersFirst } from "./classic_notifiers_first.ts";
import { commitWithoutReadRetry } from "./commit_without_read_retry.ts";
import { copyOnWriteWithoutNotifier } from "./copy_on_write_without_notifier.ts";
import { deferredChangesAfterUnlock } from "./deferred_changes_after_unlock.ts";
import { deferredChangesForgotten } from "./deferred_changes_forgotten.ts";
import { deferredInsertEarly } from "./deferred_insert_early.ts";
import { eachStartBumpsSeq } from "./each_start_bumps_seq.ts";
import { eagainKeepsTheLock } from "./eagain_keeps_the_lock.ts";
import { eagainLosesEnd } from "./eagain_loses_end.ts";
import { eagainLosesFinish } from "./eagain_loses_finish.ts";
import { eagainWithoutRangeEnd } from "./eagain_without_range_end.ts";
import { fenceQueuedAfterSending } from "./fence_queued_after_sending.ts";
import { finishBeforeFlush } from "./finish_before_flush.ts";
import { finishForgotten } from "./finish_forgotten.ts";
import { finishGivenBackBeforeUse } from "./finish_given_back_before_use.ts";
import { finishInReverseOrder } from "./finish_in_reverse_order.ts";
import { finishInUseIgnored } from "./finish_in_use_ignored.ts";
import { firstEndThawsTheTree } from "./first_end_thaws_the_tree.ts";
import { flushAnsweredEarly } from "./flush_answered_early.ts";
import { flushBeforeZap } from "./flush_before_zap.ts";
import { flushDoesNotDrain } from "./flush_does_not_drain.ts";
import { flushForgottenTooEarly } from "./flush_forgotten_too_early.ts";
import { flushMissesSecondLevel } from "./flush_misses_second_level.ts";
import { flushMissesSecondTlb } from "./flush_misses_second_tlb.ts";
import { flushSkipped } from "./flush_skipped.ts";
import { flushUnderWayOverlooked } from "./flush_under_way_overlooked.ts";
import { forkWithoutNotifier } from "./fork_without_notifier.ts";
import { frameFreedBeforeNotifier } from "./frame_freed_before_notifier.ts";
import { idleInsertTakesPresentSeq } from "./idle_insert_takes_present_seq.ts";
import { insertDoesNotFreeze } from "./insert_does_not_freeze.ts";
import { joinSignalledAtOnce } from "./join_signalled_at_once.ts";
import { laterInvocationDoesNotJoin } from "./later_invocation_does_not_join.ts";
import { mmapLockInsteadOfUserLock } from "./mmap_lock_instead_of_user_lock.ts";
import { mprotectWithoutNotifier } from "./mprotect_without_notifier.ts";
import { onlyHitsAreCounted } from "./only_hits_are_counted.ts";
import { pageLockUnderUserLock } from "./page_lock_under_user_lock.ts";
import { pagesUsedWithoutLock } from "./pages_used_without_lock.ts";
import { rangeEndsBeforeTheZap } from "./range_ends_before_the_zap.ts";
import { rangeOffByOnePage } from "./range_off_by_one_page.ts";
import { readBeginDoesNotWait } from "./read_begin_does_not_wait.ts";
import { rebindForgotten } from "./rebind_forgotten.ts";
import { reclaimWithoutNotifier } from "./reclaim_without_notifier.ts";
import { refusedRangeGoesOn } from "./refused_range_goes_on.ts";
import { removeDoesNotDefer } from "./remove_does_not_defer.ts";
import { removeDoesNotWait } from "./remove_does_not_wait.ts";
import { removeReadsSeqUnlocked } from "./remove_reads_seq_unlocked.ts";
import { retryKeepsThePageLock } from "./retry_keeps_the_page_lock.ts";
import { retryWithStaleSeq } from "./retry_with_stale_seq.ts";
import { seqReadAfterLookUp } from "./seq_read_after_look_up.ts";
import { seqReadAgainForEachChunk } from "./seq_read_again_for_each_chunk.ts";
import { setSeqAfterUnlock } from "./set_seq_after_unlock.ts";
import { setSeqOmitted } from "./set_seq_omitted.ts";
import { srcuSectionForgotten } from "./srcu_section_forgotten.ts";
import { swappedBeforeUnmapped } from "./swapped_before_unmapped.ts";
import { timeOutCountsAsFlushed } from "./time_out_counts_as_flushed.ts";
import { unregisterIsNoFence } from "./unregister_is_no_fence.ts";
import { waitsOnlyForOwnFences } from "./waits_only_for_own_fences.ts";
import { wakeUpBeforeEven } from "./wake_up_before_even.ts";
import { wakeUpForgotten } from "./wake_up_forgotten.ts";
import { walkOvertakenByFlush } from "./walk_overtaken_by_flush.ts";
import { zapOutsideUserLock } from "./zap_outside_user_lock.ts";

/** All seeded bugs, by name. */
export const BUGS: readonly Bug[] = [
  answerSignalsAll,
  bindFenceAfterUnlock,
  blockableTestInverted,
  classicNotifiersFirst,
  commitWithoutReadRetry,
  copyOnWriteWithoutNotifier,
  deferredChangesAfterUnlock,
  deferredChangesForgotten,
  deferredInsertEarly,
  eachStartBumpsSeq,
  eagainKeepsTheLock,
  eagainLosesEnd,
  eagainLosesFinish,
  eagainWithoutRangeEnd,
  fenceQueuedAfterSending,
  finishBeforeFlush,
  finishForgotten,
  finishGivenBackBeforeUse,
  finishInReverseOrder,
  finishInUseIgnored,
  firstEndThawsTheTree,
  flushAnsweredEarly,
  flushBeforeZap,
  flushDoesNotDrain,
  flushForgottenTooEarly,
  flushMissesSecondLevel,
  flushMissesSecondTlb,
  flushSkipped,
  flushUnderWayOverlooked,
  forkWithoutNotifier,
  frameFreedBeforeNotifier,
  idleInsertTakesPresentSeq,
  insertDoesNotFreeze,
  joinSignalledAtOnce,
  laterInvocationDoesNotJoin,
  mmapLockInsteadOfUserLock,
  mprotectWithoutNotifier,
  onlyHitsAreCounted,
  pageLockUnderUserLock,
  pagesUsedWithoutLock,
  rangeEndsBeforeTheZap,
  rangeOffByOnePage,
  readBeginDoesNotWait,
  rebindForgotten,
  reclaimWithoutNotifier,
  refusedRangeGoesOn,
  removeDoesNotDefer,
  removeDoesNotWait,
  removeReadsSeqUnlocked,
  retryKeepsThePageLock,
  retryWithStaleSeq,
  seqReadAfterLookUp,
  seqReadAgainForEachChunk,
  setSeqAfterUnlock,
  setSeqOmitted,
  srcuSectionForgotten,
  swappedBeforeUnmapped,
  timeOutCountsAsFlushed,
  unregisterIsNoFence,
  waitsOnlyForOwnFences,
  wakeUpBeforeEven,
  wakeUpForgotten,
  walkOvertakenByFlush,
  zapOutsideUserLock,
];
