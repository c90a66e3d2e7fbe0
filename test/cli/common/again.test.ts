import type { Command } from "commander";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandAgain } from "../../../src/cli/common/again.ts";
import { quoteCommand } from "../../../src/report/command_line.ts";
import { compareCommand, parseCompareOptions } from "../../../src/cli/compare/compare_options.ts";
import { huntCommand, parseHuntOptions } from "../../../src/cli/hunt/hunt_options.ts";
import { parseStressOptions, stressCommand } from "../../../src/cli/stress/stress_options.ts";

/** A command, and values of all options that it has. */
interface Case {
  readonly script: string;
  readonly command: () => Command;
  readonly parse: (argv: readonly string[]) => { readonly again: readonly string[] };
  /** Decide what is run. Null: a flag. */
  readonly deciding: Readonly<Record<string, readonly (string | null)[]>>;
  /** Do not. */
  readonly others: Readonly<Record<string, readonly (string | null)[]>>;
  /** Options that cannot be given together, each after those that exclude it. */
  readonly excluded: readonly (readonly [option: string, by: string])[];
}

const FILES = ["a.json", "it's here.json", "--odd", "$HOME"];

const CASES: readonly Case[] = [
  {
    script: "stress.ts",
    command: stressCommand,
    parse: parseStressOptions,
    deciding: {
      "--gpus": ["3", "4", "64"],
      "--cpus": ["1", "3"],
      "--driver": ["two-pass", "./it's mine.ts"],
      "--drivers": ["two-pass,two-pass"],
      "--scenario": ["mixed", "oom", "./a b.ts"],
      "--workload": ["log.gz", "a b", "--odd"],
      "--seconds": ["0.5", "10"],
      "--invalidations": ["1", "77"],
      "--tlb-latency-us": ["0", "2.5"],
      "--preempt-latency-us": ["0", "100"],
      "--finish": ["pool:8", "pool:1", "nowait:50"],
      "--access": ["zipf"],
      "--contexts": ["1", "2"],
      "--tlb-domains": ["1", "2"],
      "--silent-gpu": ["0", "2"],
      "--memory-mib": ["64", "256"],
      "--hung-task-seconds": ["0.5", "10"],
    },
    others: { "--json": FILES, "--junit": FILES, "--ktap": [null], "--quiet": [null], "--explain": ["I17", "RULES 28"] },
    excluded: [
      ["--drivers", "--driver"],
      ["--workload", "--scenario"],
    ],
  },
  {
    script: "hunt.ts",
    command: huntCommand,
    parse: parseHuntOptions,
    deciding: {
      "--driver": ["two-pass", "./it's mine.ts"],
      "--drivers": ["two-pass,kvm"],
      "--scenario": ["unmap", "all", "./a b.ts"],
      "--bug": ["flush-skipped"],
      "--finish": ["pool:2"],
      "--gpus": ["1", "2"],
      "--cpus": ["2", "4"],
      "--strategy": ["portfolio", "dpor"],
      "--depth": ["3"],
      "--preemptions": ["0"],
      "--schedules": ["10"],
      "--check-determinism": [null],
      "--seconds": ["60", "0.1"],
      "--min-share": ["0", "50"],
    },
    others: {
      "--jobs": ["1"],
      "--checkpoint": FILES,
      "--save": FILES,
      "--json": FILES,
      "--list": [null],
      "--explain": ["I17", "RULES 28"],
    },
    excluded: [
      ["--drivers", "--driver"],
      ["--finish", "--drivers"],
    ],
  },
  {
    script: "compare.ts",
    command: compareCommand,
    parse: parseCompareOptions,
    deciding: {
      "--experiments": ["all", "scaling"],
      "--designs": ["two-pass,./it's mine.ts", "all"],
      "--drivers": ["xe-userptr,single-pass"],
      "--gpus": ["1,2", "8"],
      "--tlb-latency-us": ["2,40"],
      "--mix": ["40,400", "uniform:1:2"],
      "--cpus": ["1", "2"],
      "--executor": ["simulator"],
      "--costs": FILES,
      "--svg": FILES,
      "--markdown": FILES,
    },
    others: { "--jobs": ["1"], "--json": FILES },
    excluded: [["--mix", "--tlb-latency-us"]],
  },
];

/** What was asked, without what need not be the same again. */
function compared(parsed: object, { others }: Case): string {
  const left = new Set(Object.keys(others).map((flag) => flag.slice(2)));
  return JSON.stringify(Object.entries(parsed).filter(([name]) => !left.has(name)));
}

describe.each(CASES.map((one) => [one.script, one] as const))("%s again", (script, one) => {
  const { command, parse, deciding, others, excluded } = one;

  it("has every option that is declared, if it was given, but for those that decide nothing", () => {
    const declared = command().options.map(({ long }) => long);
    expect([...Object.keys(deciding), ...Object.keys(others), "--seed"].toSorted()).toEqual(declared.toSorted());
    const written = (flag: string, value: string | null) => (value === null ? [flag] : [flag, value]);
    for (const [flag, [value]] of Object.entries(deciding)) {
      expect(parse(["node", script, ...written(flag, value)]).again).toEqual(written(flag, value));
    }
    for (const [flag, [value]] of Object.entries(others)) {
      expect(parse(["node", script, ...written(flag, value)]).again).toEqual([]);
    }
  });

  it("asks for the same, whatever was asked for", () => {
    const option = (flag: string, values: readonly (string | null)[]) =>
      fc.record({ flag: fc.constant(flag), value: fc.constantFrom(...values), isJoined: fc.boolean() });
    const options = fc
      .subarray(Object.entries({ ...deciding, ...others }))
      .chain((all) => fc.tuple(...all.map(([flag, values]) => option(flag, values))));
    fc.assert(
      fc.property(options, fc.nat(2 ** 32 - 1), (asked, seed) => {
        const flags = new Set(asked.map(({ flag }) => flag));
        fc.pre(!excluded.some(([flag, by]) => flags.has(flag) && flags.has(by)));
        const args = asked.flatMap(({ flag, value, isJoined }) =>
          value === null ? [flag] : isJoined ? [`${flag}=${value}`] : [flag, value],
        );
        const first = parse(["node", script, ...args, "--seed", String(seed)]);
        const again = parse(["node", script, ...first.again, "--seed", String(seed)]);
        expect(compared(again, one)).toEqual(compared(first, one));
      }),
    );
  });
});

it("ends with the seed, and is quoted for a shell", () => {
  expect(commandAgain("stress.ts", ["--workload", "it's"], 7)).toBe(
    String.raw`npx tsx scripts/stress.ts --workload 'it'\''s' --seed 7`,
  );
  expect(quoteCommand([""])).toBe("''");
});
