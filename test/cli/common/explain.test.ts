import { afterEach, describe, expect, it, vi } from "vitest";
import { huntMain } from "../../../src/cli/hunt/hunt.ts";
import { stressMain } from "../../../src/cli/stress/stress.ts";
import { columns } from "../../../src/report/text.ts";
import { ruleOf, RULES, type RuleId } from "../../../src/rules/catalogue.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function explain(rule: string, main: (argv: readonly string[]) => Promise<number> = huntMain): Promise<Said> {
  let [out, err] = ["", ""];
  const outSpy = vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  const errSpy = vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
  const code = await main(["node", "command.ts", "--explain", rule]);
  outSpy.mockRestore();
  errSpy.mockRestore();
  return { code, out, err };
}

describe("--explain", () => {
  it("says number, title, text, source, mark, and what watches it", async () => {
    expect(await explain("RULES 67")).toEqual({
      code: 0,
      err: "",
      out: `RULES 67: A fence is pending before its message is sent

  seqno_lock, a mutex, covers the choice of the number, the queueing and the
  sending. The fence goes on pending_fences, with the time, before the message
  is sent. (Older code: after it, with a second look.)

  Otherwise the reply can be dealt with before the fence is queued, and the
  completion is lost until the time-out.

  source   drivers/gpu/drm/xe/xe_tlb_inval.c
  mark     S: read in the source or the mail named
  watched  by oracles, on threads (stress) and in one thread (hunt, compare)
`,
    });
  });

  it("says the same in stress", async () => {
    expect(await explain("I17", stressMain)).toEqual(await explain("I17"));
  });

  it.each<[string, RuleId]>([
    ["i17", "I17"],
    ["rules  62", "RULES 62"],
    ["bugs 31", "BUGS 31"],
    ["RULES b 8\u2019", "RULES b 8'"],
    ["Stale-Access", "stale-access"],
    ["data-race frame.entries[]", "data-race"],
  ])("takes %s as a person spells it", async (spelt, id) => {
    const { code, out } = await explain(spelt);
    expect(code).toBe(0);
    expect(out.split("\n")[0]).toBe(`${id}: ${ruleOf(id).title}`);
  });

  it.each<[RuleId, string]>([
    ["I17", "by oracles, on threads (stress) and in one thread (hunt, compare)"],
    ["RULES 58", "by oracles, in one thread only (hunt)"],
    ["use-after-free", "by the explorer, in one thread only (hunt)"],
    ["hang", "on threads only (stress)"],
    ["I14", "as join, by oracles, on threads (stress) and in one thread (hunt,"],
    ["I25", "nobody reports it under this name"],
  ])("knows who watches %s", async (id, watch) => {
    const { out } = await explain(id);
    expect(out).toContain(`\n  watched  ${watch}\n`);
  });

  it("prints columns and tables of a rule within 80 columns, as all of the book", async () => {
    expect((await explain("BUGS 2")).out).toContain("\n  symptom      stale map, device uses freed pages\n");
    expect((await explain("LATENCIES 4.7")).out).toContain(
      "\n  - what: UVM, far fault; value: about 45 us; source: model of UVMSmart\n",
    );
    for (const { id } of RULES) {
      const { code, out } = await explain(id);
      expect(code).toBe(0);
      expect(out).not.toMatch(/\bundefined\b|\S {2,}\S.* {2,}\S/);
      expect(out.split("\n").filter((line) => columns(line) > 80)).toEqual([]);
    }
  });

  it.each([
    ["62", "RULES 62"],
    ["stale", "stale-access"],
    ["dead-lock", "deadlock"],
    ["i99", "I9"],
    ["", "I1"],
  ])('names similar rules in one line instead of "%s"', async (typed, similar) => {
    const { code, out, err } = await explain(typed, stressMain);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(
      /^error: option '--explain <rule>' argument '.*' is invalid\. Allowed: the rules of docs\/rules\.md, such as .*\.\n$/,
    );
    expect(err.replace(/.*such as /, "")).toContain(similar);
  });
});
