import fc from "fast-check";
import { describe, expect, it } from "vitest";
import "../../src/device/tracepoints.ts";
import "../../src/driver/tracepoints.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { allTracepoints, MAX_ARGUMENTS } from "../../src/machine/tracepoint.ts";
import "../../src/machine/tracepoints.ts";
import type { TraceEvent } from "../../src/trace/event.ts";
import { parseTrace, printTrace, TraceError, traceOf } from "../../src/trace/json_lines.ts";

const NAMING = { taskName: (id: number) => `cpu${id - 1}`, nameOf: (addr: number) => `object "${addr}"` };

// no -0
const aNumber = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((value) => value + 0);
const anEvent: fc.Arbitrary<TraceEvent> = fc.record({
  id: fc.constantFrom(...allTracepoints().map(({ id }) => id)),
  task: fc.integer({ min: 1, max: 100 }),
  time: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }).map((time) => time + 0)),
  values: fc.array(aNumber, { minLength: MAX_ARGUMENTS, maxLength: MAX_ARGUMENTS }),
});

const FREED: TraceEvent = { id: kernelEvents.pageFree, task: 2, time: 7, values: [17, 3, 1, 0, 0, 0] };
const EXITED: TraceEvent = { id: kernelEvents.mmExit, task: 1, time: null, values: [4096, 0, 0, 0, 0, 0] };

describe("a trace as JSON lines", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.array(anEvent), fc.constantFrom("us" as const, "steps" as const), (events, clock) => {
        const trace = traceOf(events, clock, NAMING);
        expect(parseTrace(printTrace(trace))).toEqual(trace);
        expect(trace.hits).toHaveLength(events.length);
      }),
    );
  });

  it("has a line for each event, with the names of its arguments and no more", () => {
    const [, ...lines] = printTrace(traceOf([FREED, EXITED], "steps", NAMING)).split("\n");
    expect(lines).toEqual([
      '{"time":7,"task":"cpu1","event":"page_free","args":{"pfn":17,"generation":3,"state":1}}',
      '{"time":null,"task":"cpu0","event":"mm_exit","args":{"mm":4096}}',
      "",
    ]);
  });

  it("says in its first line what the others mean", () => {
    const { clock, events, objects } = parseTrace(printTrace(traceOf([FREED, EXITED], "us", NAMING)));
    expect(clock).toBe("us");
    expect(events.page_free).toEqual({ pfn: "pfn", generation: "number", state: expect.arrayContaining(["system"]) });
    expect(objects).toEqual({ 4096: 'object "4096"' });
  });
});

describe("what is no trace is refused, with the line", () => {
  const text = printTrace(traceOf([FREED], "us", NAMING));
  it.each([
    ["", /^no trace: line 1: it is not JSON$/],
    ["{", /^no trace: line 1: it has no end$/],
    ["{\n", /^no trace: line 1: it is not JSON$/],
    ["{}\n", /^no trace: line 1: /],
    [text.replace('"version":1', '"version":2'), /^no trace: line 1: /],
    [text.slice(0, -3), /^no trace: line 2: it has no end$/],
    [text.replace('"time":7', '"time":"7"'), /^no trace: line 2: /],
    [text.replace('"page_free","args"', '"page_fred","args"'), /^no trace: line 2: there is no event page_fred\(pfn, /],
    [text.replace('"pfn":17,', ""), /^no trace: line 2: there is no event page_free\(generation, state\)/],
  ])("%#", (damaged, message) => {
    expect(() => parseTrace(damaged)).toThrow(TraceError);
    expect(() => parseTrace(damaged)).toThrow(message);
  });
});
