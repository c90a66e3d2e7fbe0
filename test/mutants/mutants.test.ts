import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Judge, runTests } from "../../src/mutants/judge.ts";
import { mutantsOf } from "../../src/mutants/make_mutants.ts";
import { applied, type Mutant } from "../../src/mutants/mutant.ts";
import { renderPage, scoreText } from "../../src/mutants/page.ts";
import { FOLDERS } from "../../src/mutants/sample.ts";
import { stagesFor } from "../../src/mutants/tests.ts";

const ROOT = join(import.meta.dirname, "../..");
const TEXT = `export function max(a: number, b: number): number {
  if (a > b) return a;
  return b;
}

export type Word = "max";
`;

const mutants = await mutantsOf("src/max.ts", TEXT);
const never = new AbortController().signal;

describe("mutants of a file", () => {
  it("change its program where they say that they do", () => {
    const changes = mutants.map(({ line, original, replacement }) => `${line}: ${original} -> ${replacement}`);
    expect(changes).toContain("2: a > b -> true");
    expect(changes).toContain("2: a > b -> a <= b");
    for (const mutant of mutants) expect(applied(TEXT, mutant)).not.toBe(TEXT);
  });

  it("leave types and words alone", async () => {
    expect(mutants.filter(({ line }) => line > 4)).toEqual([]);
    expect(await mutantsOf("src/words.ts", 'export const words = "a" + `b` + /c+/.source;')).toEqual([]);
  });

  it("fit no other text", () => {
    expect(() => applied("something else", mutants[0])).toThrow("the text is not that of which the mutant was made");
  });
});

describe("tests that try a mutant", () => {
  it("are first those that stand next to it", () => {
    expect(stagesFor(ROOT, "src/kernel/srcu.ts").near).toEqual(["test/kernel/srcu.test.ts"]);
    expect(stagesFor(ROOT, "src/device/gpu.ts").near.every((test) => test.startsWith("test/device/"))).toBe(true);
  });

  it("plant no seeded bugs, since a patch may fail to fit for the mutant's sake", () => {
    const { all } = stagesFor(ROOT, "src/kernel/srcu.ts");
    expect(all).toContain("test/kernel/srcu.test.ts");
    expect(all).not.toContain("test/check/phases.test.ts");
  });

  it("are there for each folder", () => {
    for (const folder of FOLDERS) expect(stagesFor(ROOT, `src/${folder}/no_such_file.ts`).near).not.toEqual([]);
  });
});

describe("the fate of a mutant", () => {
  const mutant: Mutant = { ...mutants[0], file: "src/kernel/srcu.ts" };

  /** What becomes of it if runs of tests end so, one after the other: those near by, then all; and how patient one was. */
  async function fate(...codes: (number | null)[]) {
    const copy = { root: ROOT, with: <T>(_: Mutant, body: () => Promise<T>) => body() };
    const patienceMs: number[] = [];
    const run: typeof runTests = (_root, _tests, patience) => {
      patienceMs.push(patience);
      return Promise.resolve(codes[patienceMs.length - 1]);
    };
    const usualMs = new Map([["test/kernel/srcu.test.ts", 1000]]);
    return { fate: await new Judge(copy, usualMs, never, run).fateOf(mutant), patienceMs };
  }

  it("is to be killed by the tests near by, and no other is run", async () => {
    expect(await fate(1)).toEqual({ fate: "killed", patienceMs: [25_000] });
  });

  it("is to be killed by any of the others", async () => {
    expect(await fate(0, 1)).toMatchObject({ fate: "killed" });
  });

  it("is to survive if all pass", async () => {
    expect(await fate(0, 0)).toMatchObject({ fate: "survived" });
  });

  it("is to time out if they do not end", async () => {
    expect(await fate(null)).toMatchObject({ fate: "timed out" });
  });
});

it("a run of tests that does not end is killed, whatever it hangs in", async () => {
  const root = mkdtempSync(join(tmpdir(), "shootdown-"));
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  const began = join(root, "began");
  const hang = `writeFileSync(${JSON.stringify(began)}, ""); for (;;);`;
  writeFileSync(
    join(root, "hangs.test.js"),
    `import { writeFileSync } from "node:fs"; import { it } from "vitest"; it("hangs", () => { ${hang} });`,
  );
  const given = new AbortController();
  const watcher = setInterval(() => {
    if (existsSync(began)) given.abort();
  }, 50);
  expect(await runTests(root, ["hangs.test.js"], 1e9, given.signal)).toBeNull();
  clearInterval(watcher);
  rmSync(root, { recursive: true });
});

it("the score stands with its interval", () => {
  expect(scoreText({ noticed: 90, all: 100 })).toBe("90 % (83 to 94)");
  expect(scoreText({ noticed: 0, all: 0 })).toBe("-");
});

it("the page names what survived, and says if nobody has explained it", () => {
  const [mutant] = mutants;
  const page = renderPage([
    {
      seed: 7,
      perFolder: 2,
      folders: [
        {
          folder: "kernel",
          of: 9,
          mutants: [
            { mutant, fate: "survived" },
            { mutant, fate: "killed" },
          ],
        },
      ],
    },
  ]);
  expect(page).toContain("| src/kernel | 9 | 2 | 1 | 0 | 1 | 0 | 50 % (9 to 91) |");
  expect(page).toMatch(/- src\/max\.ts:\d+: `.*` → `.*`: not explained\./);
});
