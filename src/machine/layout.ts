import { fieldName, type FieldInfo, type Ptr, type StructType } from "./struct.ts";
import { MAX_WORDS } from "./step.ts";

/**
 * Where things are in shared memory. Every thread computes the same layout from the same configuration, so a worker needs
 * nothing but the buffer and its number; and every word has a name, so that a report never shows a bare address.
 */
export class Layout {
  /** All slab caches, in the order of their placing: what must be empty when a run is over. */
  readonly caches: Cache[] = [];
  readonly #regions: Region[] = [];
  #next = 16; // word 0 is NULL; the first words stay empty so that a small integer is never a valid pointer

  /** Words used so far; the size of the memory once everything has its place. */
  get words(): number {
    return this.#next;
  }

  /** Give `count` structures of this type a place, one after the other; named `name`, or `name0`, `name1`, … */
  place<S extends string>(type: StructType<S>, name: string, count = 1): Ptr<S> {
    const base = this.#next;
    this.#next += type.words * count;
    if (this.#next > MAX_WORDS) {
      throw new RangeError(`shared memory: ${name} ends at ${this.#next * 4} bytes, at most ${MAX_WORDS * 4} are addressable`);
    }
    this.#regions.push({ base, end: this.#next, type, name, count });
    return base as Ptr<S>;
  }

  /** All that was placed, in the order of its addresses. */
  get regions(): readonly Region[] {
    return this.#regions;
  }

  /** Name of a word: `gpu2.doorbell`, `mmu_interval_notifier#7.invalidate_seq`. */
  nameOf(addr: number): string {
    const region = this.#regionOf(addr);
    if (region !== undefined) return nameInRegion(region, addr);
    return addr === 0 ? "NULL" : `words[${addr}]`;
  }

  /**
   * Name of the outermost structure that begins at `addr`: `mm_struct#2`, `xe_userptr_vma#3.notifier`; of a word inside, {@link
   * nameOf}.
   */
  nameOfObject(addr: number): string {
    const region = this.#regionOf(addr);
    const depth = this.structsAt(addr).findIndex(({ base }) => base === addr);
    if (region === undefined || depth < 0) return this.nameOf(addr);
    const object = objectInRegion(region, addr);
    const fields = nameInRegion(region, addr).slice(object.length).split(".");
    return object + fields.slice(0, depth + 1).join(".");
  }

  /** The structures that word `addr` belongs to, outermost first: an `mm_struct`, its `rwsem`. */
  structsAt(addr: number): StructAt[] {
    const region = this.#regionOf(addr);
    if (region === undefined) return [];
    const found: StructAt[] = [];
    let base = region.base + Math.floor((addr - region.base) / region.type.words) * region.type.words;
    let type: StructType<string> | undefined = region.type;
    while (type !== undefined) {
      found.push({ base, type });
      const offset: number = addr - base;
      const field: FieldInfo | undefined = type.fields.find((f) => offset >= f.offset && offset < f.offset + f.type.words);
      if (field === undefined) break;
      base += field.offset;
      if (field.type.type === "array") base += Math.floor((addr - base) / field.type.of.words) * field.type.of.words;
      type = field.type.type === "array" ? field.type.of : field.type.type === "struct" ? field.type : undefined;
    }
    return found;
  }

  #regionOf(addr: number): Region | undefined {
    let low = 0;
    let high = this.#regions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const region = this.#regions[middle];
      if (addr < region.base) high = middle - 1;
      else if (addr >= region.end) low = middle + 1;
      else return region;
    }
    return undefined;
  }
}

/** A structure in memory. */
export interface StructAt {
  readonly base: number;
  readonly type: StructType<string>;
}

/** A slab cache seen from outside. */
export interface Cache {
  readonly name: string;
  readonly capacity: number;
  /** What it holds, and where: `capacity` of them side by side. */
  readonly type: StructType<string>;
  readonly objects: number;
  inUse(words: Int32Array): number;
}

/** `count` structures, one after the other. */
export interface Region {
  readonly base: number;
  /** Word past the last. */
  readonly end: number;
  readonly type: StructType<string>;
  readonly name: string;
  readonly count: number;
}

function nameInRegion(region: Region, addr: number): string {
  const object = objectInRegion(region, addr);
  const field = fieldName(region.type, (addr - region.base) % region.type.words);
  return region.type.structName === "word" ? object : `${object}.${field}`;
}

function objectInRegion(region: Region, addr: number): string {
  return region.count === 1 ? region.name : `${region.name}${Math.floor((addr - region.base) / region.type.words)}`;
}
