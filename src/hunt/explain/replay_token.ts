import { signatureOf } from "../../executor/explorer/engine/failure.ts";
import { RealignedReplay, type Divergence } from "../../executor/explorer/replay/realigned_replay.ts";
import { Recording } from "../../executor/explorer/engine/recording.ts";
import { Engine } from "../../executor/explorer/engine/engine.ts";
import { Reproducer } from "../../executor/explorer/replay/reproduce.ts";
import { Rng } from "../../executor/explorer/engine/rng.ts";
import { runOnce } from "../../executor/explorer/engine/run.ts";
import type { TokenContent } from "../../executor/explorer/replay/token.ts";
import { explain } from "./explain.ts";
import type { ExplainedFinding } from "./finding.ts";
import { readTokenConfig } from "./token_config.ts";
import { huntSubject } from "../machine/subject.ts";

/** What came of a replay. Plain data. */
export interface Replayed {
  /** The same as the hunt's, byte for byte, if the sources are the same; null if nothing fails. */
  readonly finding: ExplainedFinding | null;
  readonly divergence: Divergence | null;
  /** Decisions that were found in another place than they were recorded in, and how many there are. */
  readonly resynchronised: number;
  readonly decisions: number;
}

/** Let a failure happen again from its token, and say all that there is to say of it. */
export function replayToken({ config, strategy, seed, index, decisions }: TokenContent): Replayed {
  const { machine, bug, steps } = readTokenConfig(config);
  const subject = huntSubject(machine);
  const { spuriousPercent } = machine.faults;
  const replay = new RealignedReplay(subject, decisions);
  const engine = new Engine(subject.words, { image: subject.image, spuriousPercent });
  const recording = new Recording();
  replay.begin();
  const { failure, ending } = runOnce(engine, subject, replay, recording, new Rng(seed));
  const { divergence, resynchronised } = replay;
  const seen = { divergence, resynchronised, decisions: decisions.segments.length };
  if (failure === null) return { finding: null, ...seen };
  const reproducer = new Reproducer(subject, signatureOf(failure), spuriousPercent);
  const schedule = recording.schedule(ending === "livelock" ? replay.decided : recording.length);
  const where = { machine, bug, seed, strategy, index, steps };
  return { finding: explain({ where, failure, schedule, explanation: null }, reproducer), ...seen };
}
