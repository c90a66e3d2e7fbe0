import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Current } from "../kernel/current.ts";
import { doBrk } from "../kernel/mm/brk.ts";
import { doMadvise } from "../kernel/mm/madvise.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, MAP_SHARED, MREMAP_FIXED, MREMAP_MAYMOVE } from "../kernel/mm/mman.ts";
import { doMmap } from "../kernel/mm/mmap.ts";
import { doMprotect } from "../kernel/mm/mprotect.ts";
import { doMremap } from "../kernel/mm/mremap.ts";
import { doMunmap } from "../kernel/mm/munmap.ts";
import type { Op } from "./strace/workload.ts";

/**
 * Make a recorded call again. What was mapped at an address is mapped at that address, whatever was asked for, since all
 * later calls refer to it. Files are not modelled: their mappings become anonymous memory of the same sharing.
 */
export function* replayCall(current: Current, mm: Ptr<"mm_struct">, op: Op): Run<number> {
  switch (op.call) {
    case "mmap": {
      const sharing = (op.flags & MAP_SHARED) === 0 ? MAP_PRIVATE : MAP_SHARED;
      return yield* doMmap(current, mm, op.result, op.length, op.prot, sharing | MAP_ANONYMOUS | MAP_FIXED);
    }
    case "munmap":
      return yield* doMunmap(current, mm, op.addr, op.length);
    case "mprotect":
      return yield* doMprotect(current, mm, op.addr, op.length, op.prot);
    case "madvise":
      return yield* doMadvise(current, mm, op.addr, op.length, op.flags);
    case "brk":
      return yield* doBrk(current, mm, op.addr);
    case "mremap": {
      const flags = op.result === op.addr ? op.flags & ~MREMAP_FIXED : op.flags | MREMAP_MAYMOVE | MREMAP_FIXED;
      return yield* doMremap(current, mm, op.addr, op.length, op.newLength, flags, op.result);
    }
  }
}
