import { expect, it } from "vitest";
import { exitCodeOf } from "../../src/cli/exit_codes.ts";
import type { StressResult } from "../../src/report/result.ts";

const clean = { verdict: "pass", hang: null, internalError: null, interrupted: false } as StressResult;
const hang = { tasks: [], cycles: [] };

it.each([
  [0, {}],
  [130, { interrupted: true }],
  [1, { verdict: "fail" }],
  [1, { verdict: "fail", interrupted: true }],
  [3, { verdict: "fail", hang }],
  [4, { verdict: "fail", hang, internalError: "gpu1 died" }],
] as const)("%i for %j", (code, what) => {
  expect(exitCodeOf({ ...clean, ...what })).toBe(code);
});
