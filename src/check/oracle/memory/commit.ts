import { PTE_PRESENT } from "../../../machine/pte.ts";
import { NULL } from "../../../machine/struct.ts";
import { driverEvents } from "../../../driver/tracepoints.ts";
import { SUB_REMOVED, SubRow } from "../../books/subscribers.ts";
import { hex } from "../../../trace/format.ts";
import type { MemoryWatch, Oracle } from "../oracle.ts";

/**
 * Oracle 4, commit (RULES 7 to 9, I17): what a driver gives the device belongs to a number that is still the notifier's, and
 * not to an invalidation that is under way. Certain on threads: numbers are set and committed under the user lock, and
 * the process's number never comes back to a value that it has left.
 */
export function watchCommit({ tracer, world, books: { subscribers }, report }: MemoryWatch): Oracle {
  tracer.on("judge", driverEvents.commit, (task, gpu, va, pte, _pteAddr, sub, seq) => {
    const { words } = task;
    // What is given to a GPU that stands still counts when it goes on: some designs bind it all anew before (RULES 52).
    if (sub === 0 || (pte & PTE_PRESENT) === 0 || world.isStopped(words, gpu)) return;
    const row = subscribers.find(words, sub);
    if (row === NULL) return;
    const given = () => `${world.gpus[gpu].name} was given a page-table entry for ${hex(va)}`;
    const name = () => world.nameOf(sub);
    const now = Atomics.load(words, row + SubRow.seq);
    if (Atomics.load(words, row + SubRow.state) === SUB_REMOVED) {
      report(task, "I7", `${given()} under ${name()}, which had been removed`);
    } else if (now !== seq) {
      report(task, "I17", `${given()} read under number ${seq}, but ${name()} has ${now}: read_retry is missing`);
    } else if (world.invalidateSeq(words, words[row + SubRow.mm]) === seq) {
      report(task, "I17", `${given()} during invalidation ${seq}, which hit ${name()}`);
    }
  });
  return {};
}
