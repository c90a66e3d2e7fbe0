import type { Layout } from "../../../machine/layout.ts";
import { machineEvents } from "../../../machine/tracepoints.ts";
import type { Task } from "../../../machine/task.ts";
import type { Tracer } from "../../../machine/tracer.ts";
import type { Engine } from "../engine/engine.ts";
import type { Failure } from "../engine/failure.ts";
import { DataRace, type BenignRace, type Race } from "./data_race.ts";
import { describeRace, fieldKey } from "./race_report.ts";
import { ShadowMemory } from "./shadow_memory.ts";
import { stackNow, witnessOf } from "./stacks.ts";

/** What the sanitizers of a machine need to know. */
export interface SanitizerOptions {
  readonly layout: Layout;
  /** Told of each failure, once. */
  readonly report: (failure: Failure) => void;
  readonly benignRaces?: readonly BenignRace[];
}

/**
 * The sanitizers that know nothing but memory and steps: use after free, out of bounds, data races. One for a machine, however
 * many executions.
 */
export function attachSanitizers(tracer: Tracer, options: SanitizerOptions): Sanitizers {
  const sanitizers = new Sanitizers(options);
  for (const cache of options.layout.caches) sanitizers.manage(cache.objects, cache.type.words, cache.capacity);
  tracer.on("book", machineEvents.kmemAlloc, (task, _cache, object) => sanitizers.allocated(task, object));
  tracer.on("book", machineEvents.kmemFree, (task, _cache, object) => sanitizers.freed(task, object));
  return sanitizers;
}

export class Sanitizers {
  readonly #layout: Layout;
  readonly #report: (failure: Failure) => void;
  readonly #benignRaces: readonly BenignRace[];
  readonly #shadow: ShadowMemory;
  readonly #races: DataRace;
  readonly #nameOf: (addr: number) => string;
  #engine: Engine | null = null;
  /** What was allocated and freed in the step that is being taken: after its access, so it counts only then. */
  readonly #deeds: Deed[] = [];

  constructor({ layout, report, benignRaces = [] }: SanitizerOptions) {
    this.#layout = layout;
    this.#report = report;
    this.#benignRaces = benignRaces;
    this.#shadow = new ShadowMemory(layout.words);
    this.#races = new DataRace(layout.words, (addr) => this.#shadow.objectAt(addr));
    this.#nameOf = (addr) => layout.nameOf(addr);
  }

  /** `count` objects of `size` words from `base` on come and go; see {@link allocated} and {@link freed}. */
  manage(base: number, size: number, count: number): void {
    this.#shadow.manage(base, size, count);
  }

  /** The object at `base` exists from now on. */
  allocated(task: Task, base: number): void {
    if (this.#engine === null) this.#shadow.allocated(task, base, 0, []);
    else this.#deeds.push({ task, base, isFree: false, isWalkable: false, stack: stackNow(this.#engine) });
  }

  /** The object at `base` is gone. @param isWalkable marked reads by walks without a lock may still come by */
  freed(task: Task, base: number, isWalkable = false): void {
    if (this.#engine === null) this.#shadow.freed(task, base, 0, [], isWalkable);
    else this.#deeds.push({ task, base, isFree: true, isWalkable, stack: stackNow(this.#engine) });
  }

  /** An execution begins. What exists now, exists at the beginning of each. */
  begin(engine: Engine): void {
    this.#engine = engine;
    this.#deeds.length = 0;
    this.#shadow.begin();
    this.#races.begin();
  }

  /** After each step. */
  stepped(engine: Engine): void {
    const { task } = engine.lastThread!;
    const stack = witnessOf(engine, engine.steps)?.stack ?? [];
    const failure = this.#shadow.check(task, engine.lastStep, stack, this.#nameOf);
    if (failure !== null) this.#report(failure);
    else this.#judge(engine, this.#races.stepped(engine));
    if (this.#deeds.length > 0) this.#record(engine);
  }

  #record(engine: Engine): void {
    for (const { task, base, isFree, isWalkable, stack } of this.#deeds) {
      const thread = engine.threads.findIndex((candidate) => candidate.task === task);
      const { end } = this.#shadow.extent(this.#shadow.objectAt(base));
      if (isFree) {
        if (!isWalkable) this.#judge(engine, this.#races.freed(thread, base, end, engine.steps));
        this.#shadow.freed(task, base, engine.steps, stack, isWalkable);
      } else {
        this.#shadow.allocated(task, base, engine.steps, stack);
        this.#races.allocated(thread, base, end, engine.steps);
      }
    }
    this.#deeds.length = 0;
  }

  #judge(engine: Engine, race: Race | null): void {
    if (race !== null && !this.#isBenign(race)) this.#report(describeRace(engine, race, this.#nameOf(race.addr)));
  }

  #isBenign({ addr, first, second }: Race): boolean {
    const struct = this.#layout.structsAt(addr).at(-1);
    if (struct === undefined) return false;
    const key = fieldKey(struct.type, addr - struct.base);
    return this.#benignRaces.some(
      ({ field, between }) => field === key && between.includes(first.what) && between.includes(second.what),
    );
  }
}

interface Deed {
  readonly task: Task;
  readonly base: number;
  readonly isFree: boolean;
  readonly isWalkable: boolean;
  readonly stack: readonly string[];
}
