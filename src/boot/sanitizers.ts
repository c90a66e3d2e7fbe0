import { BENIGN_RACES } from "../check/oracle/benign_races.ts";
import { attachLockOracles, type LockOracles } from "../check/sanitizers.ts";
import type { Engine } from "../executor/explorer/engine/engine.ts";
import type { Failure } from "../executor/explorer/engine/failure.ts";
import { attachSanitizers, type Sanitizers } from "../executor/explorer/sanitizer/attach.ts";
import type { Tracer } from "../machine/tracer.ts";
import { watchFrames } from "./watch_frames.ts";
import type { World } from "./world.ts";

/** Memory, data races, locks and the context of callbacks of a machine, watched step by step, execution after execution. */
export class MachineSanitizers {
  readonly #memory: Sanitizers;
  readonly #locks: LockOracles;
  #steps = 0;

  constructor({ layout, kernel }: World, tracer: Tracer, report: (failure: Failure) => void) {
    this.#memory = attachSanitizers(tracer, { layout, benignRaces: BENIGN_RACES, report });
    watchFrames(this.#memory, tracer, kernel.mm.physical);
    this.#locks = attachLockOracles(tracer, layout, report, (task) => `${task.name} in step ${this.#steps + 1}`);
  }

  /** An execution begins. */
  begin(engine: Engine): void {
    this.#steps = 0;
    this.#memory.begin(engine);
    this.#locks.begin();
  }

  /** After each step. */
  stepped(engine: Engine): void {
    this.#steps = engine.steps;
    this.#memory.stepped(engine);
  }
}
