import { copyOnWrite } from "./copy_on_write.ts";
import { exitPlay } from "./exit.ts";
import { fault } from "./fault.ts";
import { faultBeside } from "./fault_beside.ts";
import { finishExhaustion } from "./finish_exhaustion.ts";
import { fork } from "./fork.ts";
import { insert } from "./insert.ts";
import { insertRemove } from "./insert_remove.ts";
import { insertUnseen } from "./insert_unseen.ts";
import { lateFlush } from "./late_flush.ts";
import { migrate } from "./migrate.ts";
import { mixedNotifiers } from "./mixed_notifiers.ts";
import { mprotectPlay } from "./mprotect.ts";
import { nested } from "./nested.ts";
import { oom } from "./oom.ts";
import { oomClassic } from "./oom_classic.ts";
import { oomFinish } from "./oom_finish.ts";
import { oomFlush } from "./oom_flush.ts";
import { overlap } from "./overlap.ts";
import type { Play } from "./play.ts";
import { processes } from "./processes.ts";
import { rebind } from "./rebind.ts";
import { reclaimPlay } from "./reclaim.ts";
import { refault } from "./refault.ts";
import { register } from "./register.ts";
import { remove } from "./remove.ts";
import { tiny } from "./tiny.ts";
import { tinyFault } from "./tiny_fault.ts";
import { tinyHeld } from "./tiny_held.ts";
import { tinyNested } from "./tiny_nested.ts";
import { twoTlbs } from "./two_tlbs.ts";
import { unmap } from "./unmap.ts";

const PLAYS: readonly Play[] = [
  unmap,
  overlap,
  nested,
  fault,
  faultBeside,
  refault,
  insert,
  insertUnseen,
  remove,
  insertRemove,
  exitPlay,
  oom,
  oomFlush,
  oomFinish,
  oomClassic,
  reclaimPlay,
  fork,
  copyOnWrite,
  mprotectPlay,
  migrate,
  mixedNotifiers,
  register,
  finishExhaustion,
  rebind,
  lateFlush,
  twoTlbs,
  processes,
  tiny,
  tinyFault,
  tinyNested,
  tinyHeld,
];

/** Names of the plays, the default first. */
export const PLAY_NAMES: readonly string[] = PLAYS.map(({ name }) => name);

const catalogue = new Map(PLAYS.map((play) => [play.name, play]));

/** Add a play of the user's; on each thread, before its machine is built. */
export function registerPlay(name: string, play: Play): void {
  catalogue.set(name, play);
}

/**
 * The play of this name.
 *
 * @throws RangeError if there is none
 */
export function playOf(name: string): Play {
  const play = catalogue.get(name);
  if (play === undefined) throw new RangeError(`scenario: no such scenario: ${name}`);
  return play;
}
