import type { Program } from "../../../../src/executor/explorer/program/program.ts";
import { DelayBound } from "../../../../src/executor/explorer/strategy/delay_bound.ts";
import { Dfs } from "../../../../src/executor/explorer/strategy/dfs.ts";
import { BoundedDpor } from "../../../../src/executor/explorer/strategy/dpor/bounded_dpor.ts";
import { Dpor } from "../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import type { Exhaustive } from "../../../../src/executor/explorer/strategy/exhaustive.ts";
import { PreemptionBound } from "../../../../src/executor/explorer/strategy/preemption_bound.ts";
import { inc } from "../golden/counters.ts";
import { lastZero } from "../golden/arrays.ts";
import { reorder } from "../golden/sctbench.ts";

interface Checkpointed {
  readonly subject: Program;
  readonly create: () => Exhaustive;
  /** Executions of the whole exploration. */
  readonly executions: number;
}

const dpor = lastZero(7);
const bounded = reorder(4);

/** An exploration for each kind of strategy. */
export const CHECKPOINTED: Readonly<Record<string, Checkpointed>> = {
  dfs: { subject: inc(3), create: () => new Dfs(), executions: 90 },
  preemption: { subject: reorder(3), create: () => new PreemptionBound(null), executions: 404 },
  delay: { subject: reorder(3), create: () => new DelayBound(null), executions: 826 },
  dpor: { subject: dpor, create: () => new Dpor(dpor.words.length), executions: 320 },
  boundedDpor: { subject: bounded, create: () => new BoundedDpor(bounded.words.length, 2), executions: 795 },
};
