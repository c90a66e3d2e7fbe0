import assert from "node:assert/strict";
import type { Current } from "../../../src/kernel/current.ts";
import { EFAULT, ENOMEM } from "../../../src/kernel/errno.ts";
import { cpuAccess } from "../../../src/kernel/mm/cpu_access.ts";
import { dupMm } from "../../../src/kernel/mm/fork.ts";
import { doMadvise } from "../../../src/kernel/mm/madvise.ts";
import {
  MADV_FREE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
} from "../../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../src/kernel/mm/mmap.ts";
import { doMprotect } from "../../../src/kernel/mm/mprotect.ts";
import { doMremap } from "../../../src/kernel/mm/mremap.ts";
import { doMunmap } from "../../../src/kernel/mm/munmap.ts";
import { tryToFreePages } from "../../../src/kernel/mm/vmscan.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../../../src/kernel/tracepoints.ts";
import type { Run } from "../../../src/machine/step.ts";
import type { Ptr } from "../../../src/machine/struct.ts";
import { contentOf, ModelMm } from "./model.ts";

const PAGE = 4096;
/** Ten pages on either side of a boundary between two leaf tables, and between two tables above them. */
const FIRST = 2 ** 39 / PAGE - 10;
export const PAGES = 20;
export const PROCESSES = 3;

export type Op =
  | { op: "map"; at: number; count: number; prot: number; isShared: boolean }
  | { op: "unmap"; at: number; count: number }
  | { op: "protect"; at: number; count: number; prot: number }
  | { op: "advise"; at: number; count: number; advice: number }
  | { op: "move"; at: number; count: number; to: number; isOldKept: boolean }
  | { op: "read" | "write" | "add"; at: number }
  | { op: "reclaim"; count: number }
  | { op: "fork" | "exit" };

/** One process, twice: in the kernel and in the model. */
interface Process {
  readonly mm: Ptr<"mm_struct">;
  readonly model: ModelMm;
}

export class Comparison {
  readonly processes: Process[] = [];
  #stamp = 0;

  *run(cpu: Current, ops: readonly { readonly who: number; readonly what: Op }[]): Run<void> {
    this.processes.push({ mm: yield* mmAlloc(cpu), model: new ModelMm() });
    for (const { who, what } of ops) {
      const process = this.processes[who % this.processes.length];
      yield* this.#apply(cpu, process, what);
    }
    for (const process of this.processes) {
      for (let i = 0; i < PAGES; i++) yield* this.#access(cpu, process, FIRST + i, ACCESS_READ);
      yield* mmput(cpu, process.mm);
    }
  }

  *#apply(cpu: Current, process: Process, what: Op): Run<void> {
    const { mm, model } = process;
    switch (what.op) {
      case "map": {
        const flags = MAP_ANONYMOUS | MAP_FIXED | (what.isShared ? MAP_SHARED : MAP_PRIVATE);
        const va = (FIRST + what.at) * PAGE;
        assert.equal(yield* doMmap(cpu, mm, va, clipped(what) * PAGE, what.prot, flags), va);
        model.map(FIRST + what.at, clipped(what), what.prot, what.isShared);
        break;
      }
      case "unmap":
        assert.equal(yield* doMunmap(cpu, mm, (FIRST + what.at) * PAGE, clipped(what) * PAGE), 0);
        model.unmap(FIRST + what.at, clipped(what));
        break;
      case "protect": {
        const isWhole = model.protect(FIRST + what.at, clipped(what), what.prot);
        const result = yield* doMprotect(cpu, mm, (FIRST + what.at) * PAGE, clipped(what) * PAGE, what.prot);
        assert.equal(result, isWhole ? 0 : ENOMEM);
        break;
      }
      case "advise": {
        const isAnyShared = Array.from({ length: clipped(what) }, (_, i) => model.pages.get(FIRST + what.at + i)).some(
          (p) => p?.shared,
        );
        if (what.advice === MADV_FREE && isAnyShared) break;
        yield* doMadvise(cpu, mm, (FIRST + what.at) * PAGE, clipped(what) * PAGE, what.advice);
        model.advise(FIRST + what.at, clipped(what), what.advice);
        break;
      }
      case "move":
        yield* move(cpu, process, what);
        break;
      case "read":
        yield* this.#access(cpu, process, FIRST + what.at, ACCESS_READ);
        break;
      case "write":
        yield* this.#access(cpu, process, FIRST + what.at, ACCESS_WRITE);
        break;
      case "add":
        yield* this.#access(cpu, process, FIRST + what.at, ACCESS_ADD);
        break;
      case "reclaim":
        yield* tryToFreePages(cpu, what.count);
        break;
      case "fork":
        if (this.processes.length < PROCESSES) this.processes.push({ mm: yield* dupMm(cpu, mm), model: model.fork() });
        break;
      case "exit":
        if (this.processes.length > 1) {
          yield* mmput(cpu, mm);
          this.processes.splice(this.processes.indexOf(process), 1);
        }
        break;
    }
  }

  *#access(cpu: Current, { mm, model }: Process, vpn: number, kind: number): Run<void> {
    const va = vpn * PAGE;
    const page = model.accessible(vpn, kind !== ACCESS_READ);
    const value = kind === ACCESS_WRITE ? ++this.#stamp : 1;
    const result = yield* cpuAccess(cpu, mm, va, kind, kind === ACCESS_ADD ? 0 : 1, kind === ACCESS_READ ? 0 : value);
    if (page === null) {
      assert.equal(result, EFAULT);
      return;
    }
    const seen = {
      counter: yield* cpuAccess(cpu, mm, va, ACCESS_READ, 0, 0),
      stamp: yield* cpuAccess(cpu, mm, va, ACCESS_READ, 1, 0),
    };
    const before = { ...contentOf(page) };
    applyTo(contentOf(page), kind, value);
    if (page.isLazy && !model.observe(page, seen, kind !== ACCESS_READ)) {
      model.loseContent(page);
      applyTo(contentOf(page), kind, value);
    }
    assert.deepEqual({ vpn, before, seen }, { vpn, before, seen: contentOf(page) });
    if (kind !== ACCESS_READ) page.isLazy = false;
  }
}

function applyTo(content: { counter: number; stamp: number }, kind: number, value: number): void {
  if (kind === ACCESS_WRITE) content.stamp = value;
  if (kind === ACCESS_ADD) content.counter += value;
}

function clipped({ at: first, count: wanted }: { at: number; count: number }): number {
  return Math.min(wanted, PAGES - first);
}

/** The model knows no VMAs: whether the range lies in one it learns from the answer. */
function* move(cpu: Current, { mm, model }: Process, what: Op & { op: "move" }): Run<void> {
  const pages = Math.min(clipped(what), PAGES - what.to);
  if (what.at < what.to + pages && what.to < what.at + pages) return;
  const from = FIRST + what.at;
  const to = FIRST + what.to;
  const flags = MREMAP_MAYMOVE | MREMAP_FIXED | (what.isOldKept ? MREMAP_DONTUNMAP : 0);
  const result = yield* doMremap(cpu, mm, from * PAGE, pages * PAGE, pages * PAGE, flags, to * PAGE);
  if (!model.pages.has(from)) {
    assert.equal(result, EFAULT);
    return;
  }
  model.unmap(to, pages);
  if (result === EFAULT) return;
  assert.equal(result, to * PAGE);
  model.move(from, to, pages, what.isOldKept);
}
