/**
 * Entry of bundles that explore, with a seeded bug in them or without: what a worker of a hunt runs, and what others import when
 * all of it must have the bug.
 */
import type { HuntMachine } from "../src/hunt/machine/hunt_machine.ts";
import { RoundRunner } from "../src/hunt/search/round_runner.ts";
import { huntSubject } from "../src/hunt/machine/subject.ts";

export { runInOneThread } from "../src/boot/one_thread.ts";
export { explore } from "../src/executor/explorer/engine/explore.ts";
export { createStrategy } from "../src/executor/explorer/strategy/catalogue.ts";
export { investigate as investigateFound } from "../src/hunt/explain/investigate.ts";
export { replayToken } from "../src/hunt/explain/replay_token.ts";
export { traceToken } from "../src/hunt/explain/trace_token.ts";
export { huntSubject };

const runner = new RoundRunner((config) => huntSubject(config as HuntMachine));

export const runRound: RoundRunner["run"] = (task) => runner.run(task);
export const checkpointRounds: RoundRunner["checkpoint"] = (task) => runner.checkpoint(task);
export const resumeRounds: RoundRunner["resume"] = (task) => runner.resume(task);
export { schedulesToKill } from "../src/hunt/kill/kill.ts";
export { recheck } from "../src/hunt/explain/recheck.ts";
