/**
 * What a driver or a scenario of your own is written against: `import { … } from "shootdown"`.
 *
 * Everything here is public: it changes only together with the version, and test/public_interface.test.ts holds the list.
 * docs/writing-a-driver.md leads from an empty file to a notifier under hunt.
 */

// The machine: structures in shared memory, accesses (one step each), waiting, slabs, tracepoints.
export { array, containerOf, element, embedded, NULL, struct, u32, u64, Word, type Field, type Ptr } from "./machine/struct.ts";
export {
  cmpxchg,
  fetchAdd,
  fetchAnd,
  fetchOr,
  init,
  initAddr,
  loadAcquire,
  read,
  readAddr,
  readOnce,
  readPtr,
  storeRelease,
  write,
  writeAddr,
  writeOnce,
  xchg,
} from "./machine/access.ts";
export { chance, futexWait, futexWake, sleepUntil } from "./machine/futex.ts";
export { GFP_KERNEL, GFP_NOWAIT, Slab } from "./machine/slab.ts";
export { PAGE_SIZE, PMD_SIZE } from "./machine/pte.ts";
export { trace } from "./machine/tracepoint.ts";
export type { Layout } from "./machine/layout.ts";
export type { Run } from "./machine/step.ts";

// The kernel: locks, the notifier core, what scenarios call.
export type { Current } from "./kernel/current.ts";
export type { Kernel } from "./kernel/kernel.ts";
export { Mutex, mutexLock, mutexUnlock } from "./kernel/locking/mutex.ts";
export { downRead, downWrite, Rwsem, upRead, upWrite } from "./kernel/locking/rwsem.ts";
export { spinLock, Spinlock, spinUnlock } from "./kernel/locking/spinlock.ts";
export { waitEvent, WaitQueue, wakeUpAll } from "./kernel/locking/wait_queue.ts";
export { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove, mmuIntervalSetSeq } from "./kernel/mmu_notifier/interval.ts";
export { mmuIntervalCheckRetry, mmuIntervalReadBegin, mmuIntervalReadRetry } from "./kernel/mmu_notifier/read.ts";
export { MmuIntervalNotifier, MmuIntervalNotifierFinish } from "./kernel/mmu_notifier/structs.ts";
export type {
  FinishSlot,
  MmuIntervalNotifierOps,
  MmuIntervalPass,
  MmuNotifierRange,
  PassSlot,
} from "./kernel/mmu_notifier/types.ts";
export { doMadvise } from "./kernel/mm/madvise.ts";
export { doMprotect } from "./kernel/mm/mprotect.ts";
export { doMunmap } from "./kernel/mm/munmap.ts";
export { MADV_DONTNEED, PROT_NONE, PROT_READ, PROT_WRITE } from "./kernel/mm/mman.ts";

/**
 * Notifier cores: what is called of the notifiers that a range hits, and in which passes. A driver's module exports the one that
 * it is written for as `passes`. `twoPassCore` is what Linux 7.1 has, and what a driver gets that exports none; the others are
 * designs that were argued (docs/designs.md), and `finishAtRangeEndCore` is one that is wrong.
 */
export type { NotifierPasses } from "./kernel/mmu_notifier/passes.ts";
export { finishAtRangeEndCore } from "./kernel/mmu_notifier/finish_at_range_end.ts";
export { nPassListCore } from "./kernel/mmu_notifier/n_pass_list.ts";
export { nPassOwnCore } from "./kernel/mmu_notifier/n_pass_own.ts";
export { passCounterCore } from "./kernel/mmu_notifier/pass_counter.ts";
export { startEndCore } from "./kernel/mmu_notifier/start_end.ts";
export { twoPassCore } from "./kernel/mmu_notifier/two_pass.ts";
export { twoPassUndoneCore } from "./kernel/mmu_notifier/two_pass_undone.ts";
// What callbacks of the cores with other passes than two return, and hand out.
export { PASS_AGAIN, PASS_DONE, PASS_REFUSED } from "./kernel/mmu_notifier/types.ts";
export { mmuIntervalPassInit, mmuIntervalPassReady } from "./kernel/mmu_notifier/pass_ready.ts";
export { MmuIntervalNotifierPass } from "./kernel/mmu_notifier/structs.ts";

// The GPU and what a driver has to do with it.
export { GpuVm, type Gpu } from "./device/gpu.ts";
export type { Driver, GpuFault } from "./driver/driver.ts";
export type { DriverFactory, OwnDesign } from "./driver/design.ts";
export type { DriverOptions } from "./driver/options.ts";
export { gpuPtZap } from "./driver/parts/gpu_page_table.ts";
export { tlbInvalIssueRange, tlbInvalJoin, tlbInvalWaitFlushed } from "./driver/parts/tlb_inval.ts";
export { TlbInvalFence } from "./driver/parts/tlb_inval_fence.ts";
export { chunkOf, clipToChunk } from "./driver/argued/svm/chunk.ts";
export { waitForLatest, zapAndSend } from "./driver/argued/svm/flush_by_number.ts";
export { invalidateWithoutBlocking } from "./driver/argued/svm/non_blocking.ts";
export { hwOf, Svm, SvmChunk, SvmVm } from "./driver/argued/svm/svm.ts";
export { SvmDriver } from "./driver/argued/svm/svm_driver.ts";
export { driverEvents } from "./driver/tracepoints.ts";

// Scenarios.
export { ARENAS, mapArena, populateArenas, somewhere, touchSome } from "./scenario/arena.ts";
export { inProcess } from "./scenario/process.ts";
export type { Dice } from "./scenario/dice.ts";
export type { Actor, Scenario, Stage } from "./scenario/stage.ts";

// Scenarios of hunts.
export { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "./machine/access_kind.ts";
export { discard, mapPages, mirrorAll, mprotect, munmap, serve, writePages } from "./scenario/play/operations.ts";
export type { Operation, PageAccess, PageRange, Play, PlayActor } from "./scenario/play/play.ts";
