import { bootMachine, type Machine } from "../../boot/machine.ts";
import type { MachineSanitizers } from "../../boot/sanitizers.ts";
import type { World } from "../../boot/world.ts";
import type { Oracles } from "../../check/all.ts";
import type { WatchedViolation } from "../../check/record/reporter.ts";
import { deadlockOf, type Waits } from "../../executor/explorer/liveness/deadlock.ts";
import type { Engine, Thread } from "../../executor/explorer/engine/engine.ts";
import type { Failure } from "../../executor/explorer/engine/failure.ts";
import { MemoryImage } from "../../executor/explorer/engine/memory_image.ts";
import type { Ending, Subject } from "../../executor/explorer/engine/subject.ts";
import { lockOwner } from "../../executor/lock_owner.ts";
import { addrOf } from "../../machine/step.ts";
import type { Layout } from "../../machine/layout.ts";
import { NULL } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracer.ts";
import { playOf } from "../../scenario/play/catalogue.ts";
import { PlayNotifiers } from "../../scenario/play/notifiers.ts";
import type { Play, PlayStage } from "../../scenario/play/play.ts";
import { ConcurrentTasks, type Role } from "./concurrent_tasks.ts";
import type { HuntMachine } from "./hunt_machine.ts";
import { declareMemory, markObjects } from "./declare_memory.ts";
import { machineConfig } from "./machine.ts";
import { SequentialPart } from "./sequential_part.ts";

export interface HuntSubjectOptions {
  /** Do the oracles watch, and are balances drawn up at the end? Default true. */
  readonly oracles?: boolean;
  /** Are memory, data races, locks and the context of callbacks watched? Default true. */
  readonly sanitizers?: boolean;
}

/** Rows of the oracles' tables: plays know few objects. */
const TABLE_ROWS = 64;

/**
 * The machine as something to explore: kernel, driver and devices as they run on threads, in a play of a few operations. The
 * process is set up once; each execution begins with memory as it was then.
 */
export class HuntSubject implements Subject {
  readonly name: string;
  readonly config: HuntMachine;
  readonly words: Int32Array;
  readonly image: MemoryImage;
  readonly #machine: Machine;
  readonly #notifiers: PlayNotifiers;
  readonly #oracles: Oracles | null;
  readonly #sanitizers: MachineSanitizers | null;
  readonly #waits: Waits;
  readonly #tasks: ConcurrentTasks;
  readonly #sequential: SequentialPart;
  /** Whose time it is: that of the execution, or of what comes before or after it. */
  #clock: Engine;
  /** What a sanitizer found first. */
  #found: Failure | null = null;
  /** False as long as it is certain that all that was written was marked. */
  #isUnsure = false;

  /** @throws RangeError for a driver or scenario that does not exist */
  constructor(config: HuntMachine, { oracles = true, sanitizers = true }: HuntSubjectOptions = {}) {
    this.config = config;
    this.name = `${config.driver} in ${config.play}`;
    const play = playOf(config.play);
    this.#machine = bootMachine(machineConfig(config, play));
    const { world, tracer, layout } = this.#machine;
    this.#notifiers = new PlayNotifiers(layout, world.kernel);
    this.#oracles = oracles ? this.#machine.watch({ measures: false, tableRows: TABLE_ROWS }) : null;
    this.#sanitizers = sanitizers ? this.#machine.sanitize((failure) => (this.#found ??= failure)) : null;
    this.words = this.#machine.powerOn();
    this.#waits = this.#waitsOf();
    this.image = imageOf(this.#machine, this.words);
    const stages = stagesOf(world, play, this.#notifiers);
    const hardware = { words: this.words, tracer, interleaved: true, nowUs: () => this.#clock.nowUs };
    this.#sequential = new SequentialPart(stages, play, world.task(world.tasks.cpu(0), hardware));
    this.#clock = this.#sequential.engine;
    this.#tasks = new ConcurrentTasks(world, hardware, stages, play, config.skip);
    this.#setUp();
  }

  get layout(): Layout {
    return this.#machine.layout;
  }

  get tracer(): Tracer {
    return this.#machine.tracer;
  }

  taskNames(): string[] {
    return this.#machine.world.tasks.names;
  }

  /** The processor that a task belongs to: `cpu0`, `gpu1`. */
  columnOf(taskName: string): string {
    return taskName.split(".", 1)[0];
  }

  start(engine: Engine): void {
    this.restore();
    this.#found = null;
    this.#sanitizers?.begin(engine);
    this.#clock = engine;
    this.#isUnsure = true;
    for (const role of this.#tasks.all) enter(engine, role);
  }

  /** Put memory back to what it was when the process had been set up. */
  restore(): void {
    if (this.#isUnsure) this.image.restoreAll();
    else this.image.restore();
    this.#oracles?.reset();
  }

  stepped(engine: Engine): void {
    this.#sanitizers?.stepped(engine);
  }

  failure(): Failure | null {
    const violation = this.#oracles?.violations()[0];
    return violation === undefined ? this.#found : failureOf(violation);
  }

  /**
   * Nobody can run any more: is there anybody who waits for more than something to do? If not, the play is over, and all must be
   * given back.
   */
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
    return state === "done" || (state === "waiting" && this.#tasks.all[index].isIdle(addrOf(next)));
  }

  #waitsOf(): Waits {
    return {
      nameOf: (addr) => this.nameOf(addr),
      ownerOf: lockOwner(this.layout, this.words, ["mutex", "rwsem", "spinlock"]),
      isIdle: (thread) => this.#isIdle(thread),
    };
  }

  /** Begin the process, and keep memory as it is then. */
  #setUp(): void {
    const engines = this.#tasks.gpus.filter(({ isAtRest }) => isAtRest).map((role) => ({ task: role.task, body: role.play() }));
    if (!this.#sequential.setUp(engines)) throw new Error(`${this.name}: the set-up waits forever`);
    this.#oracles?.reset();
    this.image.take();
  }

  #tearDown(engine: Engine): Failure | null {
    if (this.#oracles !== null) {
      const gpus = engine.threads.slice(this.#tasks.cpus.length);
      this.#clock = this.#sequential.engine;
      if (!this.#sequential.tearDown(gpus, engine.nowUs))
        return deadlockOf(this.#sequential.engine, "deadlock", { nameOf: this.#waits.nameOf });
      const open = {
        name: "ranges that a classic notifier knows only the start of",
        expected: 0,
        actual: this.#notifiers.openRanges(this.words),
      };
      this.#machine.drawBalance(this.#oracles, engine.threads[0].task, [open]);
    }
    const failure = this.failure();
    this.#isUnsure = failure !== null || engine.image !== this.image;
    return failure;
  }
}

/** The same for all who need one, whatever it is hunted with. */
export function huntSubject(config: HuntMachine): HuntSubject {
  return new HuntSubject(config);
}

/** Memory that can be put back, with everything that writes to it known. */
function imageOf({ world, tracer, layout }: Machine, words: Int32Array): MemoryImage {
  const image = new MemoryImage(words);
  declareMemory(image, layout);
  markObjects(image, tracer, world.kernel.mm.physical);
  return image;
}

/** One for each process, which have all but that in common. */
function stagesOf({ config, kernel, driver, gpus, stage }: World, play: Play, notifiers: PlayNotifiers): PlayStage[] {
  const vms: PlayStage["vms"] = [];
  const { faultLine } = stage;
  const processes = play.hasProcessPerCpu === true ? config.cpus : 1;
  return Array.from({ length: processes }, () => ({ kernel, driver, gpus, faultLine, notifiers, mm: NULL, vms }));
}

function failureOf({ rule, message, task, recent }: WatchedViolation): Failure {
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
