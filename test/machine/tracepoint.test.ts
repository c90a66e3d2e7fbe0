import { describe, expect, expectTypeOf, it } from "vitest";
import { EventRegistry, type EventId, type Values } from "../../src/machine/tracepoint.ts";

/** So many events, none with arguments. */
const events = (count: number, prefix: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, {}]));

describe("a table of events", () => {
  const registry = new EventRegistry();

  it("that runs into the next layer's room is refused, and leaves no trace", () => {
    expect(() => registry.define("machine", events(33, "m"))).toThrow("layer machine has room for 32 events, not for 33");
    expect(() => registry.define("driver", events(65, "d"))).toThrow("layer driver has room for 64 events, not for 65");
    expect(registry.info(0)).toBeUndefined();
  });

  it("may fill its room", () => {
    const ids = registry.define("machine", events(32, "m"));
    expect(ids.m31).toBe(31);
  });

  it("knows its arguments, by name and kind, as they are printed", () => {
    const { pageFree } = registry.define("kernel", { pageFree: { pfn: "pfn", oldPte: "pte", mode: ["read", "write"] } });
    expect(registry.info(pageFree)).toEqual({
      id: 32,
      name: "page_free",
      args: [
        { name: "pfn", kind: "pfn" },
        { name: "old_pte", kind: "pte" },
        { name: "mode", kind: ["read", "write"] },
      ],
    });
  });

  it("is refused for a name that another layer's event has", () => {
    expect(() => registry.define("device", { pageFree: {} })).toThrow("there are two events of the name page_free");
    expect(() => registry.define("device", { tlbFill: {}, tlb_fill: {} })).toThrow("there are two events of the name tlb_fill");
  });

  it("is refused if the layer has one", () => {
    expect(() => registry.define("machine", { more: {} })).toThrow("the events of layer machine are declared already");
  });

  it("is refused for more arguments than a listener hears", () => {
    const args = { a: "va", b: "va", c: "va", d: "va", e: "va", f: "va", g: "va" } as const;
    expect(() => registry.define("device", { long: args })).toThrow("event long has more than 6 arguments");
  });
});

it("the compiler counts the arguments of each event", () => {
  expectTypeOf<Values<Record<never, never>>>().toEqualTypeOf<[]>();
  expectTypeOf<Values<{ readonly start: "va"; readonly end: "va"; readonly pte: "pte" }>>().toEqualTypeOf<
    [number, number, number]
  >();
  expectTypeOf<EventId<{ readonly mm: "mm" }>>().toExtend<EventId>();
  expectTypeOf<number>().not.toExtend<EventId>();
});
