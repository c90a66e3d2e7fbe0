import { fetchAdd } from "./access.ts";
import { Freelist, freelistFill, freelistPop, freelistPush, type LinkOf } from "./freelist.ts";
import { chance } from "./futex.ts";
import { GFP_KERNEL, GFP_NOWAIT, type Gfp } from "./gfp.ts";
import type { Cache, Layout } from "./layout.ts";
import { embedded, NULL, struct, u32, type Ptr, type StructType } from "./struct.ts";
import type { Run } from "./step.ts";
import type { Task } from "./task.ts";
import { trace } from "./tracepoint.ts";
import { machineEvents } from "./tracepoints.ts";

export { GFP_KERNEL, GFP_NOWAIT, type Gfp } from "./gfp.ts";

/**
 * Slab allocators: objects of one type in shared memory. A freed object is poisoned, so that a use after free meets
 * values that no live object has.
 */

/** Fills freed objects, as the kernel's POISON_FREE does. */
export const POISON_FREE = 0x6b6b6b6b;

const KmemCache = struct("kmem_cache", { free: Freelist, inUse: u32, failed: u32 });

/** Direct reclaim: try to give memory back; false if there was nothing to give. Set by the kernel at boot. */
export type Shrinker = (task: Task) => Run<boolean>;

export class Slab<S extends string> implements Cache {
  readonly name: S;
  readonly type: StructType<S>;
  readonly capacity: number;
  readonly cache: Ptr<"kmem_cache">;
  readonly objects: Ptr<S>;
  /** Injected failure of GFP_NOWAIT allocations, in percent. */
  readonly nowaitFailPercent: number;
  /** Called by a GFP_KERNEL allocation that finds the slab empty. */
  shrinker: Shrinker | null = null;
  readonly #linkOf: LinkOf;

  constructor(layout: Layout, type: StructType<S>, capacity: number, nowaitFailPercent = 0) {
    this.name = type.structName;
    this.type = type;
    this.capacity = capacity;
    this.nowaitFailPercent = nowaitFailPercent;
    this.cache = layout.place(KmemCache, `${type.structName}_cache`);
    this.objects = layout.place(type, `${type.structName}#`, capacity);
    layout.caches.push(this);
    const base = this.objects;
    const size = type.words;
    this.#linkOf = (index) => (base + index * size) as Ptr<"free_link">;
  }

  /** Before any task runs: all objects are free and poisoned. */
  powerOn(words: Int32Array): void {
    words.fill(POISON_FREE, this.objects, this.objects + this.capacity * this.type.words);
    freelistFill(words, embedded(this.cache, KmemCache.free), this.#linkOf, this.capacity);
  }

  /** A zeroed object, or NULL: out of memory, or GFP_NOWAIT and unlucky. */
  *alloc(task: Task, gfp: Gfp): Run<Ptr<S>> {
    trace(task, machineEvents.mightAlloc, gfp);
    const unlucky = gfp === GFP_NOWAIT && (yield* chance(task, this.nowaitFailPercent, `allocation of ${this.name} fails`));
    let index = unlucky ? -1 : yield* freelistPop(task, embedded(this.cache, KmemCache.free), this.#linkOf);
    while (index < 0 && gfp === GFP_KERNEL && this.shrinker !== null && (yield* this.shrinker(task))) {
      index = yield* freelistPop(task, embedded(this.cache, KmemCache.free), this.#linkOf);
    }
    if (index < 0) {
      yield* fetchAdd(task, this.cache, KmemCache.failed, 1);
      return NULL as Ptr<S>;
    }
    const object = this.at(index);
    task.words.fill(0, object, object + this.type.words);
    yield* fetchAdd(task, this.cache, KmemCache.inUse, 1);
    trace(task, machineEvents.kmemAlloc, this.cache, object, gfp);
    return object;
  }

  *free(task: Task, object: Ptr<S>): Run<void> {
    trace(task, machineEvents.kmemFree, this.cache, object);
    task.words.fill(POISON_FREE, object, object + this.type.words);
    yield* fetchAdd(task, this.cache, KmemCache.inUse, -1);
    yield* freelistPush(task, embedded(this.cache, KmemCache.free), this.#linkOf, this.indexOf(object));
  }

  at(index: number): Ptr<S> {
    return (this.objects + index * this.type.words) as Ptr<S>;
  }

  indexOf(object: Ptr<S>): number {
    return (object - this.objects) / this.type.words;
  }

  /** Objects in use now; exact when nobody allocates. */
  inUse(words: Int32Array): number {
    return Atomics.load(words, this.cache + KmemCache.inUse);
  }

  /** Allocations that failed since power on. */
  failed(words: Int32Array): number {
    return Atomics.load(words, this.cache + KmemCache.failed);
  }
}
