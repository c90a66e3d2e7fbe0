import type { Run } from "../machine/step.ts";
import { embedded, NULL } from "../machine/struct.ts";
import { downRead, upRead } from "../kernel/locking/rwsem.ts";
import { mmdrop, mmgrab } from "../kernel/mm/mm_count.ts";
import { oomReap } from "../kernel/mm/oom_reaper.ts";
import { anyArena, ARENAS, populateArenas, somewhere, touchSome } from "./arena.ts";
import { Board } from "./board.ts";
import { endProcesses, inProcess, processOf, startProcesses } from "./process.ts";
import type { Actor, Scenario } from "./stage.ts";

/**
 * The process is the victim of the OOM killer again and again: one CPU reaps its memory without being allowed to block,
 * while another takes the process down and starts the next.
 */
export const oom: Scenario = {
  name: "oom",
  summary: "the OOM reaper empties the process (non-blockable) while GPUs, faults and exit go on",
  *populate(actor, mm) {
    yield* populateArenas(actor, mm, ARENAS);
    yield* touchSome(actor, mm, ARENAS[0].start, ARENAS[0].pages * 4096, 32);
  },
  *operation(actor) {
    if (actor.cpu === 0 && actor.dice.percent(4)) {
      yield* endProcesses(actor);
      yield* startProcesses(actor, oom);
    } else if (actor.dice.percent(30)) {
      yield* reap(actor);
    } else {
      const { start, length } = somewhere(actor.dice, anyArena(actor.dice), 16);
      yield* inProcess(actor, (mm) => touchSome(actor, mm, start, length, 4));
    }
  },
};

/** The reaper holds the structure (mm_count), not the address space (mm_users): the process may exit meanwhile. */
function* reap(actor: Actor): Run<void> {
  const { current, stage } = actor;
  const lock = embedded(stage.board, Board.processLock);
  yield* downRead(current, lock);
  const mm = yield* processOf(actor);
  if (mm !== NULL) yield* mmgrab(current, mm);
  yield* upRead(current, lock);
  if (mm === NULL) return;
  yield* oomReap(current, mm);
  yield* mmdrop(current, mm);
}
