import { describe, expect, it } from "vitest";
import { huntPlan } from "../../../src/cli/hunt/hunt_plan.ts";
import { parseHuntOptions } from "../../../src/cli/hunt/hunt_options.ts";
import { huntResult } from "../../../src/cli/hunt/hunt_result.ts";
import { Statistics } from "../../../src/executor/explorer/measure/statistics.ts";
import type { HuntOutcome } from "../../../src/hunt/search/outcome.ts";
import { renderHuntSummary } from "../../../src/report/hunt_summary.ts";

/** What a hunt through all designs came to if only the first `comeTo` of them, in the order of the hunt, had a turn. */
async function resultOf(args: readonly string[], comeTo: number, change: Partial<HuntOutcome> = {}) {
  const plan = await huntPlan(parseHuntOptions(["node", "hunt.ts", "--scenario", "unmap", "--seed", "1", ...args]));
  const parts = plan.options.machines.map((machine, index) => {
    const statistics = new Statistics();
    if (index < comeTo) statistics.add({ steps: 1, switches: 0, trace: null });
    return { machine, figures: statistics.figures(), runs: {}, exhaustive: false, finding: null, statement: [] };
  });
  const { figures } = parts[0];
  const outcome = { parts, figures, exhaustive: false, statement: [], interrupted: false, exploredMs: 1, formerMs: 0, ...change };
  const result = huntResult(plan, outcome, 1);
  const verdict = /^(?:PASS|STOPPED|PARTIAL).*/m.exec(renderHuntSummary(result))![0];
  return { all: parts.length, result, verdict };
}

describe("the verdict of a hunt that found nothing", () => {
  it("is PASS only if everything was come to", async () => {
    const { result, verdict } = await resultOf(["--seconds", "1"], Infinity);
    expect(result.verdict).toBe("pass");
    expect(verdict).toMatch(/^PASS {2}nothing found in \d+ configurations$/);
  });

  it("says how much was come to in the time", async () => {
    const { all, result, verdict } = await resultOf(["--seconds", "1"], 3);
    expect(result.verdict).toBe("partial");
    expect(verdict).toBe(`PARTIAL  nothing found in 3 of ${all} configurations`);
  });

  it("passes with the share that is enough", async () => {
    const { all } = await resultOf([], 0);
    const share = ["--seconds", "1", "--min-share", "50"];
    expect((await resultOf(share, Math.ceil(all / 2))).result.verdict).toBe("pass");
    expect((await resultOf(share, Math.ceil(all / 2) - 1)).result.verdict).toBe("partial");
    expect((await resultOf(share, Math.ceil(all / 2))).verdict).toContain(`in ${Math.ceil(all / 2)} of ${all} configurations`);
  });

  it("says that it was stopped early", async () => {
    const { result, verdict } = await resultOf([], Infinity, { interrupted: true });
    expect(result.verdict).toBe("stopped-early");
    expect(verdict).toMatch(/^STOPPED EARLY {2}nothing found in \d+ configurations$/);
  });

  it("says where an exhaustive strategy was cut", async () => {
    const { verdict } = await resultOf(["--strategy", "dpor", "--schedules", "1"], Infinity);
    expect(verdict).toMatch(/^PASS {2}nothing found in \d+ configurations, not explored to the end$/);
    const whole = await resultOf(["--strategy", "dpor", "--schedules", "1"], Infinity, { exhaustive: true });
    expect(whole.verdict).toMatch(/configurations$/);
  });

  it("is reported by machine, in the order in which they are listed, not in that in which they were taken", async () => {
    const [one, two] = await Promise.all([resultOf(["--seed", "1"], 3), resultOf(["--seed", "2"], 3)]);
    const places = ({ result }: typeof one) => result.parts.map(({ driver }) => driver);
    expect(places(one)).toEqual(places(two));
    expect(one.result.parts.map(({ schedules }) => schedules)).not.toEqual(two.result.parts.map(({ schedules }) => schedules));
  });
});
