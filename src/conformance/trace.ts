import * as v from "valibot";

/**
 * Traces recorded from the real kernel code: the operations that were done and what was seen after each. One trace is one
 * line of JSON; the field names are as short as they are in the files.
 */

/** A 64-bit number: from 2^53 on as text, `ULONG_MAX` or `ULONG_MAX-<n>`. */
const U64 = v.union([v.pipe(v.number(), v.integer()), v.pipe(v.string(), v.regex(/^ULONG_MAX(-\d+)?$/))]);
/** What an operation returned, or `B`, `G`, `P`: it has not returned yet. */
const Result = v.union([v.pipe(v.number(), v.integer()), v.picklist(["B", "G", "P"])]);
const Id = v.pipe(v.number(), v.integer());

/** An operation and its arguments. */
const operationFields = {
  /** Which: `rs`, `ii`, … */
  o: v.string(),
  m: v.optional(Id, 0),
  i: v.optional(Id, 0),
  h: v.optional(Id, 0),
  k: v.optional(Id, 0),
  r: v.optional(Id, 0),
  a: v.optional(U64, 0),
  e: v.optional(U64, 0),
  l: v.optional(U64, 0),
  v: v.optional(Id, 0),
  y: v.optional(Id, 0),
  q: v.optional(Id, 0),
  L: v.optional(v.array(v.tuple([Id, U64, U64])), []),
  j: v.optional(v.picklist(["nomem", "intr"])),
};

/** What one call of a callback does: see callbacks.ts. */
const Script = v.object({
  r: v.optional(Id),
  q: v.optional(Id),
  z: v.optional(Id),
  p: v.optional(Id),
  /** Operations inside the callback; their `x` is null if the trace ended before. */
  n: v.optional(v.array(v.object({ ...operationFields, x: v.nullable(Id) }))),
});

/** A list is given as a splice of the former one: position, number of items deleted, new items. */
const Splice = v.array(Id);
const StateChange = v.object({
  X: v.optional(Id), E: v.optional(Id), S: v.optional(Id), A: v.optional(U64), I: v.optional(Id),
  T: v.optional(Splice), D: v.optional(Splice), L: v.optional(Splice), C: v.optional(Id), M: v.optional(Id),
});

const Step = v.object({
  ...operationFields,
  t: v.optional(Id),
  b: v.optional(v.record(v.string(), v.array(v.union([v.literal(0), Script]))), {}),
  x: Result,
  w: v.optional(v.array(v.tuple([Id, Result])), []),
  c: v.optional(v.array(v.array(v.union([Id, v.string()]))), []),
  W: v.optional(v.array(v.string()), []),
  d: v.optional(StateChange), d1: v.optional(StateChange), d2: v.optional(StateChange),
  Q: v.optional(v.record(v.string(), v.array(Id)), {}),
  g: v.optional(v.array(Id), []),
  U: v.optional(v.record(v.string(), Id), {}),
});

const Trace = v.object({
  n: v.string(),
  t: Id,
  m: Id,
  N: v.array(v.array(Id)),
  K: v.array(v.string()),
  s: v.array(Step),
  z: v.optional(v.array(v.tuple([Id, Result])), []),
});

export type Trace = v.InferOutput<typeof Trace>;
export type Step = v.InferOutput<typeof Step>;
export type StateChange = v.InferOutput<typeof StateChange>;
export type Script = v.InferOutput<typeof Script>;
export type Result = v.InferOutput<typeof Result>;
export type Value = v.InferOutput<typeof U64>;
/** An operation and its arguments: a step, or one nested in a callback. */
export type Operation = Pick<Step, "o" | "m" | "i" | "h" | "k" | "r" | "a" | "e" | "l" | "v" | "y" | "q" | "L" | "j">;

/** The trace in one line of a file. Throws an Error that says in one line what is wrong. */
export function parseTrace(line: string): Trace {
  const parsed = v.safeParse(Trace, JSON.parse(line), { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${v.getDotPath(issue) ?? "trace"}: ${issue.message}`);
}
