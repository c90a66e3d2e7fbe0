import type { Budget } from "../../executor/explorer/minimise/minimise.ts";
import { minimise } from "../../executor/explorer/minimise/minimise.ts";
import { switchesOf } from "../../executor/explorer/minimise/blocks.ts";
import { RealignedReplay } from "../../executor/explorer/replay/realigned_replay.ts";
import { Reproducer } from "../../executor/explorer/replay/reproduce.ts";
import type { TokenContent } from "../../executor/explorer/replay/token.ts";
import { readTokenConfig } from "./token_config.ts";
import { huntSubject } from "../machine/subject.ts";

/** How large a schedule is. */
export interface Size {
  readonly steps: number;
  readonly switches: number;
}

/** What became of a schedule that was once as small as it could be. */
export interface Rechecked {
  /** As it is now, and as the minimiser leaves it now. */
  readonly replayed: Size;
  readonly minimised: Size;
  /** The minimiser came to its end: no single simplification fails any more. */
  readonly isMinimal: boolean;
}

const BUDGET: Budget = { executions: 4000, steps: 1_000_000 };

/**
 * Is a kept schedule still as small as it can be? Null if it does not fail in this way any more.
 *
 * @param signature see signatureOf
 */
export function recheck({
  content,
  signature,
}: {
  readonly content: TokenContent;
  readonly signature: string;
}): Rechecked | null {
  const { machine } = readTokenConfig(content.config);
  const subject = huntSubject(machine);
  const reproducer = new Reproducer(subject, signature, machine.faults.spuriousPercent);
  const replay = new RealignedReplay(subject, content.decisions);
  if (!reproducer.fails(replay)) return null;
  const schedule = reproducer.recording.schedule(reproducer.isEndless ? replay.decided : undefined);
  const small = minimise(reproducer, schedule, BUDGET);
  return {
    replayed: { steps: schedule.threads.length, switches: switchesOf(schedule) },
    minimised: { steps: small.schedule.threads.length, switches: small.switches },
    isMinimal: small.isMinimal,
  };
}
