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
const from0To = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
const Kind = v.picklist([1, 2, 3, 4]);
/** Far above anything recorded: a damaged file shall not ask for all memory. */
const MOST_OBJECTS = 10_000;
const MOST_TASKS = 64;
/** A step names the changes of three address spaces. */
const MOST_MMS = 3;

const OPERATIONS = [
  "rs",
  "rn",
  "re",
  "ex",
  "md",
  "ii",
  "il",
  "im",
  "ir",
  "rb",
  "rr",
  "ck",
  "hr",
  "hl",
  "hu",
  "hg",
  "hp",
  "hs",
  "hx",
  "cf",
  "cy",
  "ty",
  "at",
  "up",
  "gp",
] as const;

/** Operations on an interval notifier, and with an ops table. */
const INTERVAL_OPERATIONS = new Set<string>(["ii", "il", "ir", "rb", "rr", "ck"]);
const OPS_OPERATIONS = new Set<string>(["hr", "hl", "hg"]);

/** An operation and its arguments. */
const operationFields = {
  o: v.picklist(OPERATIONS),
  m: v.optional(from0To(MOST_MMS - 1), 0),
  i: v.optional(from0To(MOST_OBJECTS), 0),
  h: v.optional(from0To(MOST_OBJECTS), 0),
  k: v.optional(from0To(MOST_OBJECTS), 0),
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
  X: v.optional(Id),
  E: v.optional(Id),
  S: v.optional(Id),
  A: v.optional(U64),
  I: v.optional(Id),
  T: v.optional(Splice),
  D: v.optional(Splice),
  L: v.optional(Splice),
  C: v.optional(Id),
  M: v.optional(Id),
});

const Step = v.object({
  ...operationFields,
  t: v.optional(from0To(MOST_TASKS - 1)),
  b: v.optional(v.record(v.string(), v.array(v.union([v.literal(0), Script]))), {}),
  x: Result,
  w: v.optional(v.array(v.tuple([Id, Result])), []),
  c: v.optional(v.array(v.array(v.union([Id, v.string()]))), []),
  W: v.optional(v.array(v.string()), []),
  d: v.optional(StateChange),
  d1: v.optional(StateChange),
  d2: v.optional(StateChange),
  Q: v.optional(v.record(v.string(), v.array(Id)), {}),
  g: v.optional(v.array(Id), []),
  U: v.optional(v.record(v.string(), Id), {}),
});

const Trace = v.object({
  n: v.string(),
  t: from0To(MOST_TASKS),
  m: from0To(MOST_MMS),
  N: v.array(v.union([v.strictTuple([Kind]), v.strictTuple([Kind, from0To(MOST_OBJECTS)])])),
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
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${v.getDotPath(issue) ?? "trace"}: ${issue.message}`);
  }
  for (const [index, step] of parsed.output.s.entries()) {
    const reason = unknownName(parsed.output, step);
    if (reason !== null) throw new Error(`s.${index}: ${reason}`);
  }
  return parsed.output;
}

/** Does the step speak of something that the trace does not define? */
function unknownName(trace: Trace, step: Step): string | null {
  const nested = Object.values(step.b)
    .flat()
    .flatMap((script) => (script === 0 ? [] : (script.n ?? [])));
  for (const { o, m, i, k, L } of [step, ...nested]) {
    if (m >= trace.m) return `there is no mm ${m}`;
    if (i > trace.N.length || (i === 0 && INTERVAL_OPERATIONS.has(o))) return `there is no interval notifier ${i}`;
    if (k > trace.K.length || (k === 0 && OPS_OPERATIONS.has(o))) return `there is no ops table ${k}`;
    const missing = L.find(([id]) => id < 1 || id > trace.N.length);
    if (missing !== undefined) return `there is no interval notifier ${missing[0]}`;
  }
  if ((step.t === undefined) !== (step.o === "gp")) return "every operation but gp has a task";
  return step.t === undefined || step.t < trace.t ? null : `there is no task ${step.t}`;
}
