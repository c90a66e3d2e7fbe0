import { attachOracles, type Oracles } from "../check/all.ts";
import type { Balance } from "../check/oracle/balance.ts";
import type { Failure } from "../executor/explorer/engine/failure.ts";
import type { Layout } from "../machine/layout.ts";
import type { Task } from "../machine/task.ts";
import { Tracer } from "../machine/tracer.ts";
import type { WorkloadReplay } from "../scenario/workload.ts";
import { balances } from "./balances.ts";
import { checkWorld } from "./check_world.ts";
import type { MachineConfig } from "./config.ts";
import { MachineSanitizers } from "./sanitizers.ts";
import { World } from "./world.ts";

/** How the oracles watch. */
export interface WatchOptions {
  /** Number of the thread whose events these are; default: all tasks run on one. */
  readonly thread?: number;
  /** Is anything counted that no rule depends on? Default true. */
  readonly measures?: boolean;
  /** Rows of the oracles' tables at most; default: as many as large machines need. */
  readonly tableRows?: number;
}

/**
 * A machine for any executor: everything in its place in memory, and an ear for its events. This is the one place that wires
 * oracles and sanitizers to tracepoints. Whoever else listens, or has a place in its memory, comes before {@link watch} or after
 * it, but the same on every thread.
 *
 * @param replay what is replayed instead of the configured scenario
 * @throws RangeError for a machine that cannot be
 */
export function bootMachine(config: MachineConfig, replay: WorkloadReplay | null = null): Machine {
  return new Machine(new World(config, replay));
}

export class Machine {
  readonly world: World;
  readonly tracer = new Tracer();

  constructor(world: World) {
    this.world = world;
  }

  get layout(): Layout {
    return this.world.layout;
  }

  /** Let all oracles watch. */
  watch({ thread, measures = true, tableRows }: WatchOptions = {}): Oracles {
    const { world, tracer, layout } = this;
    const seen = { ...checkWorld(world, thread ?? 0), ...(tableRows === undefined ? {} : { tableRows }) };
    return attachOracles(tracer, layout, thread === undefined ? { ...seen, threads: 1 } : seen, { measures });
  }

  /**
   * Let the sanitizers watch, for explorers: all tasks run on one thread. When everything has its place.
   *
   * @param report is told of each failure
   */
  sanitize(report: (failure: Failure) => void): MachineSanitizers {
    return new MachineSanitizers(this.world, this.tracer, report);
  }

  /** When everything has its place: memory as it is before any task runs; on one thread. */
  powerOn(words: Int32Array = new Int32Array(this.layout.words)): Int32Array {
    this.world.powerOn(words);
    return words;
  }

  /**
   * All processes are gone and all devices closed: let the oracles draw up the balance.
   *
   * @param more what else must be balanced
   */
  drawBalance(oracles: Oracles, task: Task, more: readonly Balance[] = []): void {
    oracles.atQuiescence(task, [...more, ...balances(this.world, task.words)]);
  }
}
