import { Engine } from "../../executor/explorer/engine/engine.ts";
import { Recording } from "../../executor/explorer/engine/recording.ts";
import { Rng } from "../../executor/explorer/engine/rng.ts";
import { runOnce } from "../../executor/explorer/engine/run.ts";
import { RealignedReplay } from "../../executor/explorer/replay/realigned_replay.ts";
import type { TokenContent } from "../../executor/explorer/replay/token.ts";
import { printTrace, traceOf } from "../../trace/json_lines.ts";
import { TraceRecording } from "../../trace/recording.ts";
import { huntSubject } from "../machine/subject.ts";
import { readTokenConfig } from "./token_config.ts";

/** The events of the execution that a token stands for, as JSON lines. On a machine of its own: a recorder listens for good. */
export function traceToken({ config, seed, decisions }: TokenContent): string {
  const { machine } = readTokenConfig(config);
  const subject = huntSubject(machine);
  const names = subject.taskNames();
  const events = new TraceRecording();
  const engine = new Engine(subject.words, { image: subject.image, spuriousPercent: machine.faults.spuriousPercent });
  const replay = new RealignedReplay(subject, decisions);
  replay.begin();
  events.listen(subject.tracer, () => engine.steps);
  runOnce(engine, subject, replay, new Recording(), new Rng(seed));
  return printTrace(
    traceOf(events.events(), "steps", {
      taskName: (id) => names[id - 1],
      nameOf: (addr) => subject.layout.nameOfObject(addr),
    }),
  );
}
