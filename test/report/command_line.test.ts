import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quoteCommand, wrapCommand } from "../../src/report/command_line.ts";
import { columns } from "../../src/report/text.ts";

/** What a shell takes the words of `command` for. */
function asShellReads(command: string): string[] {
  return execFileSync("sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

test("a shell reads a wrapped command as it was, and no line is wider than 80 columns", () => {
  const word = fc.oneof(
    fc.string({ minLength: 1, maxLength: 30 }),
    fc.constantFrom(
      "--seed",
      "it's",
      "a b",
      "\\",
      "'",
      "''\\''",
      '$HOME `x` "y"',
      "x".repeat(300),
      `${"long ".repeat(50)}'${"\\".repeat(90)}`,
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (args) => {
      const lines = wrapCommand(quoteCommand(args), "  ", "    ");
      expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(80);
      expect(asShellReads(lines.join("\n"))).toStrictEqual(args);
    }),
    { numRuns: 150 },
  );
});

test("what needs no quotes has none", () => {
  expect(quoteCommand(["npm", "run", "stress", "--", "--finish", "pool:8", "--workload", "a b.gz", ""])).toBe(
    "npm run stress -- --finish pool:8 --workload 'a b.gz' ''",
  );
});

test("an option stays beside its value", () => {
  const command = "npx tsx scripts/stress.ts --gpus 2 --cpus 2 --driver two-pass --scenario mixed --access zipf --quiet --seed 7";
  expect(wrapCommand(command, "  ", "    ")).toStrictEqual([
    "  npx tsx scripts/stress.ts --gpus 2 --cpus 2 --driver two-pass \\",
    "    --scenario mixed --access zipf --quiet --seed 7",
  ]);
});
