import { balances } from "../../boot/balances.ts";
import { checkWorld } from "../../boot/check_world.ts";
import { World } from "../../boot/world.ts";
import { attachOracles, type Oracles } from "../../check/all.ts";
import { BENIGN_RACES } from "../../check/oracle/benign_races.ts";
import type { Objection } from "../../check/record/objection.ts";
import { attachLockOracles, type LockOracles } from "../../check/sanitizers.ts";
import type { Violation } from "../../check/record/violation.ts";
import { deadlockOf, type Waits } from "../../executor/explorer/liveness/deadlock.ts";
import type { Engine, Thread } from "../../executor/explorer/engine/engine.ts";
import type { Failure } from "../../executor/explorer/engine/failure.ts";
import { MemoryImage } from "../../executor/explorer/engine/memory_image.ts";
import { attachSanitizers, type Sanitizers } from "../../executor/explorer/sanitizer/attach.ts";
import type { Ending, Subject } from "../../executor/explorer/engine/subject.ts";
import { lockOwner } from "../../executor/lock_owner.ts";
import { addrOf } from "../../machine/step.ts";
import type { Layout } from "../../machine/layout.ts";
import { NULL } from "../../machine/struct.ts";
import { Tracer } from "../../machine/tracepoint.ts";
import { playOf } from "../../scenario/play/catalogue.ts";
import { PlayNotifiers } from "../../scenario/play/notifiers.ts";
import type { PlayStage } from "../../scenario/play/play.ts";
import { Cast, type Role } from "./cast.ts";
import type { HuntConfig } from "./config.ts";
import { declareMemory, markObjects } from "./declare_memory.ts";
import { machineConfig } from "./machine.ts";
import { Straight } from "./straight.ts";
import { watchFrames } from "./watch_frames.ts";

export interface HuntSubjectOptions {
  /** Do the oracles watch, and are balances drawn up at the end? Default true. */
  readonly oracles?: boolean;
  /** Are memory, data races, locks and the context of callbacks watched? Default true. */
  readonly sanitizers?: boolean;
}

/** Rows of the oracles' tables: plays know few objects. */
const TABLE_ROWS = 64;

/**
 * The machine as something to explore: kernel, driver and devices as they run on threads, in a play of a few operations. The process
 * is set up once; each execution begins with memory as it was then.
 */
export class HuntSubject implements Subject {
  readonly name: string;
  readonly config: HuntConfig;
  readonly layout: Layout;
  readonly tracer = new Tracer();
  readonly words: Int32Array;
  readonly image: MemoryImage;
  readonly #world: World;
  readonly #notifiers: PlayNotifiers;
  readonly #oracles: Oracles | null;
  readonly #sanitizers: Sanitizers | null;
  readonly #locks: LockOracles | null;
  readonly #waits: Waits;
  readonly #cast: Cast;
  readonly #straight: Straight;
  /** Whose time it is: that of the execution, or of what comes before or after it. */
  #clock: Engine;
  /** What a sanitizer found first. */
  #found: Failure | null = null;
  #steps = 0;
  /** False as long as it is certain that all that was written was marked. */
  #isUnsure = false;

  /** @throws RangeError for a driver or scenario that does not exist */
  constructor(config: HuntConfig, { oracles = true, sanitizers = true }: HuntSubjectOptions = {}) {
    this.config = config;
    this.name = `${config.driver} in ${config.scenario}`;
    const play = playOf(config.scenario);
    this.#world = new World(machineConfig(config, play));
    const {
      kernel,
      driver,
      gpus,
      stage: { faultLine },
    } = this.#world;
    const { layout } = this.#world;
    this.layout = layout;
    const notifiers = new PlayNotifiers(layout, kernel);
    this.#notifiers = notifiers;
    const world = { ...checkWorld(this.#world, 0), threads: 1, tableRows: TABLE_ROWS };
    this.#oracles = oracles ? attachOracles(this.tracer, layout, world, { measures: false }) : null;
    this.#sanitizers = sanitizers ? this.#attachSanitizers() : null;
    this.#locks = sanitizers ? this.#attachLockOracles() : null;
    this.words = new Int32Array(layout.words);
    this.#waits = {
      nameOf: (addr) => this.nameOf(addr),
      ownerOf: lockOwner(layout, this.words, ["mutex", "rwsem", "spinlock"]),
      isIdle: (thread) => this.#isIdle(thread),
    };
    this.image = new MemoryImage(this.words);
    declareMemory(this.image, layout);
    markObjects(this.image, this.tracer, kernel.mm.physical);
    const vms: PlayStage["vms"] = [];
    const processes = play.hasProcessPerCpu === true ? config.cpus : 1;
    const stages = Array.from({ length: processes }, (): PlayStage => ({
      kernel,
      driver,
      gpus,
      faultLine,
      notifiers,
      mm: NULL,
      vms,
    }));
    const hardware = { words: this.words, tracer: this.tracer, interleaved: true, nowUs: () => this.#clock.nowUs };
    this.#straight = new Straight(stages, play, this.#world.task(this.#world.tasks.cpu(0), hardware));
    this.#clock = this.#straight.engine;
    this.#cast = new Cast(this.#world, hardware, stages, play, config.skip);
    this.#world.powerOn(this.words);
    const engines = this.#cast.gpus.filter(({ isAtRest }) => isAtRest).map((role) => ({ task: role.task, body: role.play() }));
    if (!this.#straight.setUp(engines)) throw new Error(`${this.name}: the set-up waits for ever`);
    this.#oracles?.reset();
    this.image.take();
  }

  taskNames(): string[] {
    return this.#world.tasks.names;
  }

  /** The processor that a task belongs to: `cpu0`, `gpu1`. */
  columnOf(taskName: string): string {
    return taskName.split(".", 1)[0];
  }

  start(engine: Engine): void {
    this.restore();
    this.#found = null;
    this.#steps = 0;
    this.#sanitizers?.begin(engine);
    this.#locks?.begin();
    this.#clock = engine;
    this.#isUnsure = true;
    for (const role of this.#cast.all) enter(engine, role);
  }

  /** Put memory back to what it was when the process had been set up. */
  restore(): void {
    if (this.#isUnsure) this.image.restoreAll();
    else this.image.restore();
    this.#oracles?.reset();
  }

  stepped(engine: Engine): void {
    this.#steps = engine.steps;
    this.#sanitizers?.stepped(engine);
  }

  failure(): Failure | null {
    const violation = this.#oracles?.violations()[0];
    return violation === undefined ? this.#found : failureOf(violation);
  }

  /** Nobody can run any more: is there anybody who waits for more than something to do? If not, the play is over, and all must be given back. */
  finish(engine: Engine, ending: Ending): Failure | null {
    if (ending === "livelock") return deadlockOf(engine, ending, this.#waits);
    if (ending !== "deadlock" && ending !== "done") return null;
    if (engine.threads.some((thread) => !this.#isIdle(thread))) {
      return deadlockOf(engine, "deadlock", this.#waits);
    }
    return this.#tearDown(engine);
  }

  nameOf(addr: number): string {
    return this.layout.nameOf(addr);
  }

  /** Word that is not as it was at the beginning although memory was restored; -1 if there is none. For tests. */
  firstDifference(): number {
    return this.image.firstDifference();
  }

  /** Has it ended, or does it wait for something to do? */
  #isIdle({ index, state, next }: Thread): boolean {
    return state === "done" || (state === "waiting" && this.#cast.all[index].isIdle(addrOf(next)));
  }

  #attachSanitizers(): Sanitizers {
    const report = (failure: Failure) => {
      this.#found ??= failure;
    };
    const sanitizers = attachSanitizers(this.tracer, { layout: this.layout, benignRaces: BENIGN_RACES, report });
    watchFrames(sanitizers, this.tracer, this.#world.kernel.mm.physical);
    return sanitizers;
  }

  #attachLockOracles(): LockOracles {
    const object = (objection: Objection) => {
      this.#found ??= objection;
    };
    return attachLockOracles(this.tracer, this.layout, object, (task) => `${task.name} in step ${this.#steps + 1}`);
  }

  #tearDown(engine: Engine): Failure | null {
    if (this.#oracles !== null) {
      const gpus = engine.threads.slice(this.#cast.cpus.length);
      this.#clock = this.#straight.engine;
      if (!this.#straight.tearDown(gpus, engine.nowUs))
        return deadlockOf(this.#straight.engine, "deadlock", { nameOf: this.#waits.nameOf });
      const open = {
        name: "ranges that a classic notifier knows only the start of",
        expected: 0,
        actual: this.#notifiers.openRanges(this.words),
      };
      this.#oracles.atQuiescence(engine.threads[0].task, [open, ...balances(this.#world, this.words)]);
    }
    const failure = this.failure();
    this.#isUnsure = failure !== null || engine.image !== this.image;
    return failure;
  }
}

/** The same for all who need one, whatever it is hunted with. */
export function huntSubject(config: HuntConfig): HuntSubject {
  return new HuntSubject(config);
}

function failureOf({ rule, message, task, recent }: Violation): Failure {
  return { kind: rule === "balance" ? "leak" : "violation", rule, message, task, details: recent };
}

/** Hardware that waits for requests is at rest when the play begins: its way to its first wait is of no interest. */
function enter(engine: Engine, { task, play, isAtRest }: Role): void {
  task.ranges = 0;
  task.atomicDepth = 0;
  task.interleaved = !isAtRest;
  engine.spawn(task, play());
  task.interleaved = true;
}
