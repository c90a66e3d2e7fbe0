import { describe, expect, it } from "vitest";
import { replay } from "../../src/conformance/replay.ts";
import type { Step, Trace } from "../../src/conformance/trace.ts";
import { allTraces } from "./fixture.ts";

/** A replayer that compares nothing would pass every trace: so damage what is recorded, field by field. */
const DAMAGES: Record<string, (step: Step) => boolean> = {
  "another result": (step) => damage(step, "x", typeof step.x === "number" ? step.x + 1 : "P"),
  "a result left out of w": (step) => step.w.length > 0 && damage(step, "w", step.w.slice(1)),
  "another order in w": (step) => step.w.length > 1 && damage(step, "w", step.w.toReversed()),
  "a callback left out": (step) => step.c.length > 0 && damage(step, "c", step.c.slice(1)),
  "a callback too many": (step) => damage(step, "c", [...step.c, ["R", 1]]),
  "another order of callbacks": (step) => step.c.length > 1 && damage(step, "c", step.c.toReversed()),
  "another sequence number in a callback": (step) =>
    step.c[0]?.[0] === "v" && damage(step, "c", [[...step.c[0].slice(0, 3), 77], ...step.c.slice(1)]),
  "another finish object": (step) =>
    step.c[0]?.[0] === "s" && damage(step, "c", [[...step.c[0].slice(0, 4), 9], ...step.c.slice(1)]),
  "a warning": (step) => damage(step, "W", [...step.W, "put_without_users"]),
  "a warning left out": (step) => step.W.length > 0 && damage(step, "W", []),
  "a state change left out": (step) => step.d !== undefined && damage(step, "d", undefined),
  "another invalidate_seq": (step) => damageState(step, "S"),
  "another active_invalidate_ranges": (step) => damageState(step, "A"),
  "another is_invalidating": (step) => damageState(step, "I"),
  "another has_itree": (step) => damageState(step, "E"),
  "another mm_count": (step) => damageState(step, "C"),
  "another mm_users": (step) => damageState(step, "M"),
  "something more in the tree": (step) => damage(step, "d", { ...step.d, T: [0, 0, 99] }),
  "something more on the deferred list": (step) => damage(step, "d", { ...step.d, D: [0, 0, -99] }),
  "something more on the hlist": (step) => damage(step, "d", { ...step.d, L: [0, 0, 99] }),
  "another sequence number of a notifier": (step) => Object.keys(step.Q).length > 0 && damage(step, "Q", {}),
  "a notifier that is still live": (step) => step.g.length > 0 && damage(step, "g", []),
  "another count of users": (step) => Object.keys(step.U).length > 0 && damage(step, "U", {}),
};

describe("a damaged trace", () => {
  const traces = allTraces();

  it.each(Object.keys(DAMAGES))("fails: %s", (name) => {
    let tried = 0;
    for (const trace of traces) {
      const damaged = damagedAtLast(trace, DAMAGES[name]);
      if (damaged === null) continue;
      expect(replay(damaged.trace)?.step).toBe(damaged.index);
      if (++tried === 12) break;
    }
    expect(tried).toBeGreaterThan(3);
  });

  it("fails: an unfinished task left out", () => {
    const trace = traces.find(({ z }) => z.length > 0)!;
    expect(replay({ ...trace, z: [] })).toMatchObject({ step: trace.s.length, operation: "end of the trace" });
  });

  it("fails: another result of a nested operation", () => {
    const trace = structuredClone(traces.find(({ n }) => n === "fact-nested-insert")!);
    const scripts = trace.s.flatMap((step) => Object.values(step.b).flat());
    const nested = scripts.flatMap((script) => (script === 0 ? [] : (script.n ?? [])));
    expect(nested.length).toBeGreaterThan(0);
    nested[0].x = -22;
    expect(replay(trace)).toMatchObject({ field: "c (callbacks)" });
  });
});

function damage<K extends keyof Step>(step: Step, key: K, value: Step[K]): true {
  step[key] = value;
  return true;
}

function damageState(step: Step, key: "S" | "A" | "I" | "E" | "C" | "M"): boolean {
  const value = step.d?.[key];
  if (typeof value !== "number" || step.d?.X === 2) return false;
  return damage(step, "d", { ...step.d, [key]: value + 7 });
}

/** The trace up to the last step that this damage applies to, which is damaged. */
function damagedAtLast(trace: Trace, apply: (step: Step) => boolean): { trace: Trace; index: number } | null {
  if (trace.s.some((step) => step.d?.X === 2 || step.o === "up")) return null; // keep it simple: no mm destroyed, nobody parked
  for (let index = trace.s.length - 1; index >= 0; index--) {
    const step = structuredClone(trace.s[index]);
    if (apply(step)) return { trace: { ...trace, s: [...trace.s.slice(0, index), step] }, index };
  }
  return null;
}
