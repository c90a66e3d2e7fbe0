import * as v from "valibot";
import { allTracepoints, ARGUMENT_KINDS, tracepointInfo, type Arguments } from "../machine/tracepoint.ts";
import type { Naming, TraceEvent } from "./event.ts";

/**
 * The format of recorded events outside, complete in itself: JSON, one value a line. The first line says what it is, in what time
 * is counted (`us`: microseconds since boot; `steps`: the step that was under way, from 1), which events there are with what
 * arguments, and how the structures are called that arguments are addresses of:
 *
 * {"trace":"shootdown","version":1,"clock":"steps","events":{"page_free":{"pfn":"pfn",…},…},"objects":{"4096":"mm_struct#0",…}}
 *
 * Each further line is an event, oldest first: the time (null if nobody looked at the clock), the name of the task, the event and
 * its arguments, whose kinds are explained at ArgumentKind.
 *
 *     {"time":17,"task":"cpu1","event":"page_free","args":{"pfn":17,…}}
 */
export interface Trace {
  readonly clock: Clock;
  readonly events: Readonly<Record<string, Arguments>>;
  /** Names by address. */
  readonly objects: Readonly<Record<string, string>>;
  readonly hits: readonly NamedEvent[];
}

const CLOCKS = ["us", "steps"] as const;
export type Clock = (typeof CLOCKS)[number];

export interface NamedEvent {
  readonly time: number | null;
  readonly task: string;
  readonly event: string;
  readonly args: Readonly<Record<string, number>>;
}

/** Not a trace, or a damaged one. The message is one line. */
export class TraceError extends Error {
  override readonly name = "TraceError";

  /** @param line from 1 */
  constructor(line: number, reason: string) {
    super(`no trace: line ${line}: ${reason}`);
  }
}

const VERSION = 1;

const Kind = v.union([v.picklist(ARGUMENT_KINDS), v.array(v.string())]);
const Head = v.strictObject({
  trace: v.literal("shootdown"),
  version: v.literal(VERSION),
  clock: v.picklist(CLOCKS),
  events: v.record(v.string(), v.record(v.string(), Kind)),
  objects: v.record(v.string(), v.string()),
});
const Line = v.strictObject({
  time: v.nullable(v.number()),
  task: v.string(),
  event: v.string(),
  args: v.record(v.string(), v.number()),
});

/** Recorded events with all that is needed to read them. */
export function traceOf(events: readonly TraceEvent[], clock: Clock, naming: Naming): Trace {
  return {
    clock,
    events: Object.fromEntries(
      allTracepoints().map(({ name, args }) => [name, Object.fromEntries(args.map((arg) => [arg.name, arg.kind]))]),
    ),
    objects: Object.fromEntries(addressesIn(events).map((addr) => [addr, naming.nameOf(addr)])),
    hits: events.map(({ id, task, time, values }) => {
      const { name, args } = tracepointInfo(id)!;
      return {
        time,
        task: naming.taskName(task),
        event: name,
        args: Object.fromEntries(args.map((arg, i) => [arg.name, values[i]])),
      };
    }),
  };
}

/** Of structures and words, each once. */
function addressesIn(events: readonly TraceEvent[]): number[] {
  const all = events.flatMap(({ id, values }) =>
    values.filter((value, i) => {
      const kind = tracepointInfo(id)!.args[i]?.kind;
      return value !== 0 && (kind === "mm" || kind === "object");
    }),
  );
  return [...new Set(all)];
}

export function printTrace({ clock, events, objects, hits }: Trace): string {
  const head = { trace: "shootdown", version: VERSION, clock, events, objects };
  return [head, ...hits].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** @throws TraceError */
export function parseTrace(text: string): Trace {
  const lines = text.split("\n");
  if (lines.at(-1) !== "") throw new TraceError(lines.length, "it has no end");
  const [first, ...rest] = lines.slice(0, -1);
  const { clock, events, objects } = parseLine(Head, first, 1);
  const hits = rest.map((line, index) => {
    const hit = parseLine(Line, line, index + 2);
    const declared = Object.keys(events[hit.event] ?? {});
    const given = Object.keys(hit.args);
    if (events[hit.event] === undefined || declared.join() !== given.join()) {
      throw new TraceError(index + 2, `there is no event ${hit.event}(${given.join(", ")}) in its first line`);
    }
    return hit;
  });
  return { clock, events, objects, hits };
}

function parseLine<S extends v.GenericSchema>(schema: S, text: string, line: number): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TraceError(line, "it is not JSON");
  }
  const result = v.safeParse(schema, value);
  if (!result.success) throw new TraceError(line, result.issues[0].message);
  return result.output;
}
