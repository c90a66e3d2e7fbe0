import type { CheckWorld } from "../check/world.ts";
import { coveringTlbEntry, isContextRunning, tlbEntryAt } from "../device/view.ts";
import { MmStruct } from "../kernel/mm/mm_struct.ts";
import { MmuNotifierSubscriptions } from "../kernel/mmu_notifier/structs.ts";
import { lookupPte } from "../kernel/view.ts";
import { NULL, type Ptr } from "../machine/struct.ts";
import type { World } from "./world.ts";

/** The machine as the oracles of one thread see it. */
export function checkWorld(world: World, thread: number): CheckWorld {
  const { config, kernel, gpus, layout } = world;
  return {
    physical: kernel.mm.physical,
    swapSlots: kernel.config.swapSlots,
    gpus: gpus.map(({ name, writer }) => ({ name, writer })),
    threads: config.cpus + config.gpus,
    thread,
    isAnyOrder: kernel.notifier.passes.isAnyOrder ?? false,
    taskName: (id) => world.tasks.nameOf(id),
    nameOf: (addr) => layout.nameOfObject(addr),
    cpuPte: (words, mm, va) => lookupPte(words, kernel, mm as Ptr<"mm_struct">, va),
    invalidateSeq(words, mm) {
      const subscriptions = Atomics.load(words, mm + MmStruct.notifierSubscriptions);
      return subscriptions === NULL ? 0 : Atomics.load(words, subscriptions + MmuNotifierSubscriptions.invalidateSeq);
    },
    isStopped: (words, gpu) => gpus[gpu].contexts.every((_, context) => !isContextRunning(words, gpus[gpu], context)),
    tlbEntryIn(words, gpu, asid, start, end, pfn) {
      const entry = coveringTlbEntry(words, gpus[gpu], asid, start, end, pfn);
      return entry === 0 ? -1 : (tlbEntryAt(words, entry)?.va ?? -1);
    },
  };
}
