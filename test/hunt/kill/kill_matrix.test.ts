import { describe, expect, it } from "vitest";
import type { Bug } from "../../../src/bugs/bug.ts";
import { bugNamed } from "../../../src/bugs/catalogue.ts";
import { killMatrix, type KillMatrixOptions } from "../../../src/hunt/kill/kill_matrix.ts";
import { falseAlarmsOf, survivorsOf, type KillMatrix } from "../../../src/report/kill_matrix.ts";

const [OMITTED, REVERSED] = ["set-seq-omitted", "finish-in-reverse-order"].map(bugNamed);
const OPTIONS: KillMatrixOptions = { bugs: [OMITTED, REVERSED], strategies: ["random", "pos"], seeds: 3, schedules: 6, jobs: 1 };

async function run(options: Partial<KillMatrixOptions>): Promise<KillMatrix> {
  return await killMatrix({ ...OPTIONS, ...options }, { onProgress: () => {}, signal: new AbortController().signal });
}

describe("a matrix of two bugs", () => {
  it("kills both in the first schedule, by the rules that they break, and accuses no correct design", async () => {
    const matrix = await run({});
    const killedBy = (rule: string) =>
      ["random", "pos"].map((strategy) => ({
        strategy,
        killed: 3,
        median: 1,
        low: 1,
        high: 1,
        counts: [1, 1, 1],
        rules: { [rule]: 3 },
        others: {},
      }));
    const clean = ["random", "pos"].map((strategy) => ({
      strategy,
      killed: 0,
      median: null,
      low: null,
      high: null,
      counts: [null, null, null],
      rules: {},
      others: {},
    }));
    expect(matrix).toEqual({
      strategies: ["random", "pos"],
      seeds: 3,
      schedules: 6,
      hasInterval: false,
      interrupted: false,
      rows: [
        {
          bug: "set-seq-omitted",
          origin: OMITTED.origin,
          driver: "two-pass",
          scenario: "refault",
          faults: {},
          cells: killedBy("I6"),
        },
        {
          bug: "finish-in-reverse-order",
          origin: REVERSED.origin,
          driver: "two-pass",
          scenario: "unmap",
          faults: {},
          cells: killedBy("I10"),
        },
        { bug: null, origin: null, driver: "two-pass", scenario: "refault", faults: {}, cells: clean },
        { bug: null, origin: null, driver: "two-pass", scenario: "unmap", faults: {}, cells: clean },
      ],
    });
    expect([survivorsOf(matrix), falseAlarmsOf(matrix)]).toEqual([[], []]);
    expect(JSON.stringify(await run({ jobs: 2 }))).toBe(JSON.stringify(matrix));
  });

  it("takes no failure of another rule for a kill", async () => {
    const misjudged: Bug = { ...OMITTED, breaks: ["I1"] };
    const matrix = await run({ bugs: [misjudged], strategies: ["random"] });
    expect(survivorsOf(matrix)).toEqual(["set-seq-omitted"]);
    expect(matrix.rows[0].cells[0]).toMatchObject({ killed: 0, counts: [null, null, null], others: { I6: 3 } });
  });

  it("is interrupted in the middle of a row, and has the rows before it", async () => {
    const abort = new AbortController();
    const endless = { ...OMITTED, breaks: [] };
    const onProgress = (what: string) => {
      if (what === endless.name) setImmediate(() => abort.abort());
    };
    const options = { ...OPTIONS, bugs: [REVERSED, endless], schedules: 1e9 };
    const matrix = await killMatrix(options, { onProgress, signal: abort.signal });
    expect(matrix.interrupted).toBe(true);
    expect(matrix.rows.map(({ bug }) => bug)).toEqual(["finish-in-reverse-order"]);
  });
});
