import type { Run } from "../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EINTR } from "../errno.ts";
import { intervalTreeQuery } from "../interval_tree.ts";
import { mutexLock, mutexUnlock } from "../locking/mutex.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { NotifierGlobals } from "../mmu_notifier/structs.ts";
import { signalPending } from "../signal.ts";
import { Mapping } from "./mapping.ts";
import { MmStruct } from "./mm_struct.ts";
import { readVma, VmAreaStruct } from "./vma.ts";

/**
 * Keep everybody out who could change page tables of `mm`: with mmap_lock held for write, take the reverse-map lock of
 * each of its mappings (RULES b, lock 4). One task at a time does so, else two could wait for each other. 0, or -EINTR
 * if a signal is pending; then nothing is held.
 */
export function* mmTakeAllLocks(current: Current, mm: Ptr<"mm_struct">): Run<number> {
  if (yield* signalPending(current)) return EINTR;
  yield* mutexLock(current, allLocksMutex(current));
  for (const mapping of yield* mappingsOf(current, mm)) yield* downWrite(current, embedded(mapping, Mapping.rwsem));
  return 0;
}

export function* mmDropAllLocks(current: Current, mm: Ptr<"mm_struct">): Run<void> {
  for (const mapping of yield* mappingsOf(current, mm)) yield* upWrite(current, embedded(mapping, Mapping.rwsem));
  yield* mutexUnlock(current, allLocksMutex(current));
}

/** Each once. The same until mmap_lock is released. */
function* mappingsOf(current: Current, mm: Ptr<"mm_struct">): Run<Set<Ptr<"address_space">>> {
  const mappings = new Set<Ptr<"address_space">>();
  for (const node of yield* intervalTreeQuery(current, mm, MmStruct.mmMt, 0, Number.MAX_SAFE_INTEGER)) {
    const { mapping } = yield* readVma(current, containerOf(node, VmAreaStruct.node));
    if (mapping !== NULL) mappings.add(mapping);
  }
  return mappings;
}

function allLocksMutex(current: Current): Ptr<"mutex"> {
  return embedded(current.kernel.notifier.globals, NotifierGlobals.allLocksMutex);
}
