import { expect, it } from "vitest";
import { exitCodeOf, exitCodeOfHunt } from "../../../src/cli/common/exit_codes.ts";
import type { StressResult } from "../../../src/report/result.ts";

const clean = { verdict: "pass", hang: null, internalError: null, interrupted: false } as StressResult;
const hang = { tasks: [], cycles: [] };

it.each([
  [0, {}],
  [130, { interrupted: true }],
  [6, { verdict: "not checked" }],
  [130, { verdict: "not checked", interrupted: true }],
  [1, { verdict: "fail" }],
  [1, { verdict: "fail", interrupted: true }],
  [3, { verdict: "fail", hang }],
  [4, { verdict: "fail", hang, internalError: "gpu1 died" }],
] as const)("%i for %j", (code, what) => {
  expect(exitCodeOf({ ...clean, ...what })).toBe(code);
});

it.each([
  [0, [], "pass"],
  [130, [], "stopped-early"],
  [7, [], "partial"],
  [1, ["violation", "data-race"], "fail"],
  [3, ["violation", "lost-wakeup"], "fail"],
])("a hunt: %i for %j, %s", (code, kinds, verdict) => {
  expect(exitCodeOfHunt({ findings: kinds.map((kind) => ({ failure: { kind } })), verdict })).toBe(code);
});
