/**
 * Structures in shared memory, declared as field tables that name every word:
 *
 *     const Spinlock = struct("spinlock", { state: u32, owner: u32 });
 *     const Sub = struct("mmu_interval_notifier", { start: u64, last: u64, lock: Spinlock, slots: array(Word, 8) });
 *
 * `Sub.start` is then the word offset of the field (a plain number at run time), typed so that an accessor takes it only
 * together with a `Ptr<"mmu_interval_notifier">` and only at its own width.
 */

declare const pointee: unique symbol;
declare const owner: unique symbol;
declare const content: unique symbol;

/** Address (word index) of a structure named `S`; {@link NULL} if none. */
export type Ptr<S extends string> = number & { readonly [pointee]: S };
/** Offset of a field of type `T` in the structure named `S`. */
export type Field<S extends string, T> = number & { readonly [owner]: S; readonly [content]: T };

/** The null pointer. Word 0 belongs to no object. */
export const NULL = 0 as Ptr<never>;

/** One 32-bit word. */
export const u32 = { type: "u32", words: 1 } as const;
/** A 64-bit value: two words, low word first; only touched under a lock or while nobody else can reach it. */
export const u64 = { type: "u64", words: 2 } as const;

export interface ArrayType<E extends StructType<string> = StructType<string>> {
  readonly type: "array";
  readonly words: number;
  readonly of: E;
  readonly length: number;
}

export interface StructType<N extends string> {
  readonly type: "struct";
  readonly structName: N;
  /** Size in 32-bit words. */
  readonly words: number;
  readonly fields: readonly FieldInfo[];
}

export type FieldType = typeof u32 | typeof u64 | ArrayType | StructType<string>;

export interface FieldInfo {
  /** Snake case, as the kernel writes it. */
  readonly name: string;
  readonly offset: number;
  readonly type: FieldType;
}

type Fields<N extends string, T extends Record<string, FieldType>> = { readonly [K in keyof T]: Field<N, T[K]> };

/** An array of `length` structures, one after the other. */
export function array<E extends StructType<string>>(of: E, length: number): ArrayType<E> {
  return { type: "array", words: of.words * length, of, length };
}

/** What a StructType says of itself. */
const RESERVED = new Set(["type", "structName", "words", "fields"]);

/** Declare a structure. Field names in camel case are printed in the kernel's snake case. */
export function struct<const N extends string, const T extends Record<string, FieldType>>(
  name: N,
  table: T,
): StructType<N> & Fields<N, T> {
  const fields: FieldInfo[] = [];
  const offsets: Record<string, number> = {};
  let words = 0;
  for (const [key, type] of Object.entries(table)) {
    if (RESERVED.has(key)) throw new TypeError(`struct ${name}: a field cannot be called "${key}"`);
    offsets[key] = words;
    fields.push({ name: key.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), offset: words, type });
    words += type.words;
  }
  return { type: "struct", structName: name, words, fields, ...offsets } as StructType<N> & Fields<N, T>;
}

/** A structure of a single word, for arrays of words. */
export const Word = struct("word", { value: u32 });

/** The structure embedded at `field` of `obj`: `&obj->field`. */
export function embedded<S extends string, E extends string>(obj: Ptr<S>, field: Field<S, StructType<E>>): Ptr<E> {
  return (obj + field) as Ptr<E>;
}

/** Element `index` of the array at `field` of `obj`: `&obj->field[index]`. */
export function element<S extends string, E extends string>(
  obj: Ptr<S>,
  field: Field<S, ArrayType<StructType<E>>>,
  type: StructType<E>,
  index: number,
): Ptr<E> {
  return (obj + field + index * type.words) as Ptr<E>;
}

/** The structure that has its `field` at `inner`: the kernel's `container_of`. */
export function containerOf<S extends string, E extends string>(inner: Ptr<E>, field: Field<S, StructType<E>>): Ptr<S> {
  return (inner - field) as Ptr<S>;
}

/** Name of the word at `offset` of a structure: `lock.state`, `slots[3].value`. */
export function fieldName(type: StructType<string>, offset: number): string {
  const field = type.fields.find((f) => offset >= f.offset && offset < f.offset + f.type.words);
  if (field === undefined) return `+${offset}`;
  const rest = offset - field.offset;
  switch (field.type.type) {
    case "u32":
      return field.name;
    case "u64":
      return rest === 0 ? field.name : `${field.name}.hi`;
    case "struct":
      return `${field.name}.${fieldName(field.type, rest)}`;
    case "array": {
      const index = Math.floor(rest / field.type.of.words);
      const inner = field.type.of.structName === "word" ? "" : `.${fieldName(field.type.of, rest % field.type.of.words)}`;
      return `${field.name}[${index}]${inner}`;
    }
  }
}
