import { PTE_PRESENT, PTE_WRITE, ptePfn } from "../../../machine/pte.ts";
import { NULL } from "../../../machine/struct.ts";
import { deviceEvents } from "../../../device/tracepoints.ts";
import { ACCESS_READ } from "../../../kernel/tracepoints.ts";
import { TlbRow } from "../../books/tlb_shadow.ts";
import { hex } from "../../../trace/format.ts";
import type { MemoryWatch, Oracle } from "../oracle.ts";

/**
 * Oracle 1, no stale access (RULES I15): whatever a device touches, the process maps at that address at that very moment, and
 * the frame was not freed since the translation was made.
 *
 * Certain on threads, because an access happens before its GPU answers an invalidation: while one is under way, the page
 * is neither freed nor is its entry in the process's page table changed. Outside a range the CPU only adds to an entry
 * that a device mirrors (a write permission, dirty and accessed bits), and that makes nothing stale.
 */
export function watchStaleAccess({ tracer, world, books: { frames, tlbs }, report }: MemoryWatch): Oracle {
  const maps = (words: Int32Array, mm: number, va: number, pfn: number, needs: number) => {
    const pte = world.cpuPte(words, mm, va);
    return (pte & needs) === needs && ptePfn(pte) === pfn;
  };
  tracer.on("judge", deviceEvents.deviceAccess, (task, gpu, va, pfn, kind, _value, entry) => {
    const { words } = task;
    const row = tlbs.find(words, gpu, entry);
    if (row === NULL) return;
    const did = () => `${world.gpus[gpu].name} ${kind === ACCESS_READ ? "read" : "wrote"} ${hex(va)}`;
    const madeFor = words[row + TlbRow.generation];
    const generation = frames.generation(words, pfn);
    if (generation !== madeFor) {
      const history = frames.historyOf(words, pfn);
      report(
        task,
        "stale-access",
        `${did()} through a translation made for generation ${madeFor} of frame ${pfn}, which is now generation ` +
          `${generation}: ${history}`,
      );
      return;
    }
    const mm = words[row + TlbRow.mm];
    if (words[row + TlbRow.isMirror] === 0 || mm === 0) return;
    const needs = kind === ACCESS_READ ? PTE_PRESENT : PTE_PRESENT | PTE_WRITE;
    // Twice: a walk that meets a table while it is being freed may read anything, once.
    if (maps(words, mm, va, pfn, needs) || maps(words, mm, va, pfn, needs)) return;
    const what = describe(world.cpuPte(words, mm, va), pfn);
    report(task, "stale-access", `${did()} in frame ${pfn}, but ${world.nameOf(mm)} ${what} there`);
  });
  return {};
}

function describe(pte: number, pfn: number): string {
  if ((pte & PTE_PRESENT) === 0) return "maps nothing";
  return ptePfn(pte) === pfn ? "maps it without write permission" : `maps frame ${ptePfn(pte)}`;
}
