import { read, write } from "./access.ts";
import { archSpinLock, ArchSpinlock, archSpinUnlock } from "./arch_spinlock.ts";
import { embedded, struct, u32, type Ptr } from "./struct.ts";
import type { Run } from "./step.ts";
import type { Task } from "./task.ts";

/**
 * A stack of free items, known by index. Under a lock: a lock-free stack would need a tag against ABA, and no tag that
 * fits beside the index in one 32-bit word is long enough for a soak of days.
 */
export const Freelist = struct("freelist", { lock: ArchSpinlock, firstPlusOne: u32 });
export const FreeLink = struct("free_link", { nextPlusOne: u32 });

/** Where item `index` keeps its link while it is free. */
export type LinkOf = (index: number) => Ptr<"free_link">;

/** Take an item; its index, or -1 if there is none. */
export function* freelistPop(task: Task, list: Ptr<"freelist">, linkOf: LinkOf): Run<number> {
  yield* archSpinLock(task, embedded(list, Freelist.lock));
  const first = (yield* read(task, list, Freelist.firstPlusOne)) - 1;
  if (first >= 0) {
    yield* write(task, list, Freelist.firstPlusOne, task.words[linkOf(first) + FreeLink.nextPlusOne]);
  }
  yield* archSpinUnlock(task, embedded(list, Freelist.lock));
  return first;
}

/** Give item `index` back. */
export function* freelistPush(task: Task, list: Ptr<"freelist">, linkOf: LinkOf, index: number): Run<void> {
  yield* archSpinLock(task, embedded(list, Freelist.lock));
  task.words[linkOf(index) + FreeLink.nextPlusOne] = yield* read(task, list, Freelist.firstPlusOne);
  yield* write(task, list, Freelist.firstPlusOne, index + 1);
  yield* archSpinUnlock(task, embedded(list, Freelist.lock));
}

/** Chain items 0 to `count` - 1 before any task runs. */
export function freelistFill(words: Int32Array, list: Ptr<"freelist">, linkOf: LinkOf, count: number): void {
  for (let i = 0; i < count; i++) words[linkOf(i) + FreeLink.nextPlusOne] = i + 1 < count ? i + 2 : 0;
  words[list + Freelist.firstPlusOne] = count > 0 ? 1 : 0;
}
