import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { command, ROOT } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "shootdown-"));
const hunt = (...args: string[]) =>
  command("hunt.ts", ["--driver", "two-pass", "--gpus", "1", "--cpus", "1", "--jobs", "1", "--seed", "1", ...args]);

/** A play whose one operation throws away as many pages as `pages` says each time. */
function play(name: string, pages: string): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `
      import { discard, mapPages, mirrorAll, writePages } from "${ROOT}src/index.ts";
      let runs = 0;
      export const play = {
        summary: "one page is thrown away, or two",
        rules: [],
        targets: [{ first: 0, pages: 2 }],
        *populate(actor) {
          yield* mapPages(actor, 0, 2);
          yield* writePages(actor, 0, 2);
        },
        prepare: (actor) => mirrorAll(actor, 1),
        script: () => [{ name: "discard", run: (actor) => discard(0, ${pages}).run(actor) }],
        accesses: () => [[{ page: 0, kind: 1 }]],
      };
    `,
  );
  return file;
}

describe("--check-determinism", () => {
  it("ends with 4 and names the step where a module that keeps state goes another way", async () => {
    const file = play("keeps", "1 + (runs++ % 2)");
    const { code, stdout, stderr } = await hunt(
      "--scenario",
      file,
      "--strategy",
      "random",
      "--schedules",
      "20",
      "--check-determinism",
    );
    const lines = stderr.split("\n");
    expect(lines[0]).toBe(`internal error: two-pass in ${file} is not deterministic`);
    expect(lines[1]).toMatch(/^schedule 1 was repeated, decision by decision, and differs in step \d+$/);
    expect(lines[2]).toMatch(/^ {2}first: {4}(cpu0|gpu0)\S* [A-Z_]+ /);
    expect(lines[3]).toMatch(/^ {2}repeated: (cpu0|gpu0)/);
    expect(stderr).not.toContain("    at "); // a stack would say nothing
    expect(stdout).not.toContain("PASS");
    expect(code).toBe(4);
  });

  it("says nothing of the same module without state, and the command that does the same again checks, too", async () => {
    const file = play("keeps_none", "2");
    const { code, stdout } = await hunt(
      "--scenario",
      file,
      "--strategy",
      "portfolio",
      "--schedules",
      "40",
      "--check-determinism",
    );
    expect(stdout).toMatch(/\nPASS {2}/);
    expect(stdout).toMatch(/hunt the same again:\n[^]* --check-determinism\s/);
    expect(code).toBe(0);
  });
});
