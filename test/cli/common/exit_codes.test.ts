import { expect, it } from "vitest";
import { exitCodeOf, exitCodeOfHunt } from "../../../src/cli/common/exit_codes.ts";
import type { StressResult } from "../../../src/report/result.ts";

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

it.each([
  [0, [], false],
  [130, [], true],
  [1, ["violation", "data-race"], true],
  [3, ["violation", "lost-wakeup"], false],
  [3, ["livelock"], true],
])("a hunt: %i for %j", (code, kinds, interrupted) => {
  expect(exitCodeOfHunt({ findings: kinds.map((kind) => ({ failure: { kind } })), interrupted })).toBe(code);
});
