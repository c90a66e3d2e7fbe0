/**
 * The explorer on its own: `import { … } from "shootdown/explorer"`. docs/explorer.md shows how to write a program of shared
 * words, mutexes, condition variables and threads, and to explore it.
 */
export { assert, Condition, Mutex, program, type Body, type ProgramBuilder, SharedWord, Thread } from "./program/program.ts";
export { explore, type Exploration, type ExploreOptions, type Found } from "./engine/explore.ts";
export type { Failure, FailureKind } from "./engine/failure.ts";
export type { Schedule } from "./engine/recording.ts";
export type { Strategy } from "./engine/strategy.ts";
export type { EngineView, ThreadView } from "./engine/view.ts";
export type { Ending, Subject } from "./engine/subject.ts";
export { createStrategy, STRATEGY_NAMES } from "./strategy/catalogue.ts";
export type { StrategySpec } from "./strategy/kind.ts";
export { RandomWalk } from "./strategy/random.ts";
export { Dfs } from "./strategy/dfs.ts";
export { Dpor } from "./strategy/dpor/dpor.ts";
export { writeCheckpoint } from "./strategy/checkpoint.ts";
export type { Exhaustive } from "./strategy/exhaustive.ts";
export { secondsToGo, type SizeEstimate } from "./measure/size_estimate.ts";
export { probeSize, type ProbedSize } from "./measure/size_probe.ts";
export { check, CheckError, replay, type CheckOptions, type ReplayedCheck } from "./check.ts";
export { explorerMatchers, type Matched } from "./matcher.ts";
export { signatureOf } from "./engine/failure.ts";
export { certify, type Certificate, type HeldBackStep, type Order } from "./explain/certificate.ts";
export { minimise, type Budget, type Minimised } from "./minimise/minimise.ts";
export type { Divergence } from "./replay/realigned_replay.ts";
export { Reproducer } from "./replay/reproduce.ts";
export { TokenError } from "./replay/token.ts";
