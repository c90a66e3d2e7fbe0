import { ACCESS_READ, ACCESS_WRITE } from "../../machine/access_kind.ts";
import { PAGE_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../../kernel/current.ts";
import { cpuAccess } from "../../kernel/mm/cpu_access.ts";
import { doMadvise } from "../../kernel/mm/madvise.ts";
import { MADV_DONTNEED, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../kernel/mm/mman.ts";
import { mmput } from "../../kernel/mm/mm_count.ts";
import { doMmap } from "../../kernel/mm/mmap.ts";
import { doMprotect } from "../../kernel/mm/mprotect.ts";
import { doMunmap } from "../../kernel/mm/munmap.ts";
import { awaitFault, faultCount, serveFaults } from "../fault_service.ts";
import { addressOf, type Operation, type PlayActor } from "./play.ts";

/** What CPUs do in plays: each a system call, or a piece of the kernel's own work. */

const READ_WRITE = PROT_READ | PROT_WRITE;

/** Map `pages` pages anew, private and anonymous. */
export function* mapPages(actor: PlayActor, first: number, pages: number, sharing = MAP_PRIVATE): Run<void> {
  const { current, stage } = actor;
  yield* doMmap(current, stage.mm, addressOf(first), pages * PAGE_SIZE, READ_WRITE, sharing | MAP_ANONYMOUS | MAP_FIXED);
}

/** Write to each of `pages` pages as the program would, in the word of this CPU. */
export function* writePages({ current, stage, cpu }: PlayActor, first: number, pages: number): Run<void> {
  for (let page = first; page < first + pages; page++) {
    yield* cpuAccess(current, stage.mm, addressOf(page), ACCESS_WRITE, 1 + cpu, 1000 + page);
  }
}

/** Let GPU `gpu` have the page before the play begins, as if it had accessed it. */
export function* mirror({ current, stage }: PlayActor, gpu: number, page: number, kind: number): Run<void> {
  yield* stage.driver.handleFault(current, { gpu: stage.gpus[gpu], vm: stage.vms[gpu], va: addressOf(page), kind });
}

export function munmap(first: number, pages: number): Operation {
  return on("munmap", first, pages, (current, mm, start, length) => doMunmap(current, mm, start, length));
}

/** Throw the pages away; the mapping stays, and mmap_lock is only read-locked. */
export function discard(first: number, pages: number): Operation {
  return on("madvise(DONTNEED)", first, pages, (current, mm, start, length) => doMadvise(current, mm, start, length, MADV_DONTNEED));
}

export function mprotect(first: number, pages: number, prot: number): Operation {
  const name = prot === PROT_READ ? "mprotect(READ)" : prot === READ_WRITE ? "mprotect(READ|WRITE)" : "mprotect(NONE)";
  return on(name, first, pages, (current, mm, start, length) => doMprotect(current, mm, start, length, prot));
}

export function write(page: number): Operation {
  return { name: `write to page ${page}`, run: (actor) => writePages(actor, page, 1) };
}

export function read(page: number): Operation {
  return {
    name: `read page ${page}`,
    run: ({ current, stage, cpu }) => cpuAccess(current, stage.mm, addressOf(page), ACCESS_READ, 1 + cpu, 0),
  };
}

/** The process ends, whatever its GPUs are doing. */
export const exit: Operation = { name: "exit", run: ({ current, stage }) => mmput(current, stage.mm) };

/**
 * Serve faults as they come, for ever: an execution is over when nobody has anything else to do. Without a look at the clock, so
 * that a fault that nobody hears of is a deadlock and not a delay.
 */
export const serve: Operation = {
  name: "serve faults",
  *run({ current, stage }) {
    for (;;) {
      const count = yield* faultCount(current, stage);
      if (yield* serveFaults(current, stage)) continue;
      yield* awaitFault(current, stage, count, Infinity);
    }
  },
};

function on(
  name: string, first: number, pages: number, call: (current: Current, mm: Ptr<"mm_struct">, start: number, length: number) => Run<unknown>,
): Operation {
  const where = pages === 1 ? `page ${first}` : `pages ${first} to ${first + pages - 1}`;
  return { name: `${name} of ${where}`, run: ({ current, stage }) => call(current, stage.mm, addressOf(first), pages * PAGE_SIZE) };
}
