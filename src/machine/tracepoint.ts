import type { Task } from "./task.ts";

/**
 * Tracepoints: static events, compiled in. Without a listener one costs an array look-up; with one, the listener runs at
 * once in the task that hit the event, before that task's next step, so what it sees of shared memory is what was
 * true at the event.
 */

/**
 * What an argument of an event is: by it the argument is printed, and told of.
 *
 * - `va`: a process address, in bytes
 * - `pfn`: number of a page frame
 * - `pte`: a page-table entry
 * - `gpu`: number of a GPU
 * - `mm`: address of the structure of a process
 * - `object`: address of another structure, or of a word; 0 none
 * - `flag`: 1 yes, 0 no
 * - `us`: microseconds
 * - `errno`: 0 or a negative error
 * - `number`: anything that is counted or numbered
 *
 * An enumeration is the list of its names, by number.
 */
export type ArgumentKind = (typeof ARGUMENT_KINDS)[number] | readonly string[];
export const ARGUMENT_KINDS = ["va", "pfn", "pte", "gpu", "mm", "object", "flag", "us", "errno", "number"] as const;

/** The arguments of one event, in order: what each is, by name. At most {@link MAX_ARGUMENTS}. */
export type Arguments = Readonly<Record<string, ArgumentKind>>;

declare const ARGUMENTS: unique symbol;
/** A small integer; its type knows the arguments. */
export type EventId<A extends Arguments = Arguments> = number & { readonly [ARGUMENTS]: A };

/** As many numbers as there are names in K; in whichever order they are counted, it comes to the same. */
type NumberOfEach<K extends string, All extends string = K> = string extends All
  ? number[]
  : [All] extends [never]
    ? []
    : K extends All
      ? [number, ...NumberOfEach<Exclude<All, K>>]
      : never;
/** What an event with arguments A is hit with, and what its listeners hear. */
export type Values<A extends Arguments> = NumberOfEach<keyof A & string>;

/** What happens at a tracepoint: the task that hit it and up to six numbers; those that the event does not have are 0. */
export type Listener = (task: Task, a: number, b: number, c: number, d: number, e: number, f: number) => void;
export const MAX_ARGUMENTS = 6;

export interface TracepointInfo {
  readonly id: EventId;
  /** As printed: `invalidate_range_start`. */
  readonly name: string;
  readonly args: readonly ArgumentInfo[];
}

export interface ArgumentInfo {
  /** As printed: `pte_addr`. */
  readonly name: string;
  readonly kind: ArgumentKind;
}

/** Each layer's events are numbered from its own base, so that every thread gives an event the same number. */
const BASE = { machine: 0, kernel: 32, device: 128, driver: 192 } as const;
/** Number of tracepoint ids. */
export const TRACEPOINTS = 256;

/** Every event that there is, by number and by name. */
export class EventRegistry {
  readonly #infos: (TracepointInfo | undefined)[] = Array.from({ length: TRACEPOINTS }, () => undefined);

  /**
   * Declare the events of a layer, all of them at once; returns their ids by name.
   *
   * @throws RangeError for more events than the layer has room for, more arguments than a listener hears, or what is declared
   * already
   */
  define<const T extends Readonly<Record<string, Arguments>>>(
    layer: keyof typeof BASE,
    table: T,
  ): { readonly [K in keyof T]: EventId<T[K]> } {
    const base = BASE[layer];
    const infos = Object.entries(table).map(([name, args], index) => infoOf(base + index, name, args));
    this.#check(layer, infos);
    for (const info of infos) this.#infos[info.id] = info;
    // Filled one by one, the object of a long table would be a hash table to V8, and every hit would look its id up in it.
    const ids = Object.keys(table).map((name, index) => [name, base + index]);
    return Object.fromEntries(ids) as { readonly [K in keyof T]: EventId<T[K]> };
  }

  #check(layer: keyof typeof BASE, infos: readonly TracepointInfo[]): void {
    const base = BASE[layer];
    const room = Math.min(TRACEPOINTS, ...Object.values(BASE).filter((other) => other > base)) - base;
    if (infos.length > room) throw new RangeError(`layer ${layer} has room for ${room} events, not for ${infos.length}`);
    if (this.#infos[base] !== undefined) throw new RangeError(`the events of layer ${layer} are declared already`);
    const names = new Set(this.all().map(({ name }) => name));
    for (const { name, args } of infos) {
      if (args.length > MAX_ARGUMENTS) throw new RangeError(`event ${name} has more than ${MAX_ARGUMENTS} arguments`);
      if (names.has(name)) throw new RangeError(`there are two events of the name ${name}`);
      names.add(name);
    }
  }

  /** What is known of event `id`. */
  info(id: number): TracepointInfo | undefined {
    return this.#infos[id];
  }

  /** All events that are declared, by number. */
  all(): TracepointInfo[] {
    return this.#infos.filter((info) => info !== undefined);
  }
}

const registry = new EventRegistry();

/** Declare the events of a layer: see EventRegistry. */
export function defineEvents<const T extends Readonly<Record<string, Arguments>>>(
  layer: keyof typeof BASE,
  table: T,
): { readonly [K in keyof T]: EventId<T[K]> } {
  return registry.define(layer, table);
}

function infoOf(id: number, name: string, args: Arguments): TracepointInfo {
  return {
    id: id as EventId,
    name: printed(name),
    args: Object.entries(args).map(([arg, kind]) => ({ name: printed(arg), kind })),
  };
}

/** `invalidate_range_start` for invalidateRangeStart. */
function printed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
}

/** What is known of event `id`. */
export function tracepointInfo(id: number): TracepointInfo | undefined {
  return registry.info(id);
}

/** All events that are declared, by number. */
export function allTracepoints(): TracepointInfo[] {
  return registry.all();
}

/** Hit tracepoint `id`. */
export function trace<A extends Arguments>(task: Task, id: EventId<A>, ...values: Values<A>): void;
export function trace(task: Task, id: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): void {
  task.tracer.hit(task, id, a, b, c, d, e, f);
}
