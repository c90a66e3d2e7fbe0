import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "vitest";

/** Compare with test/golden/report/NAME; with UPDATE_GOLDEN=1 in the environment, write it instead. */
export function expectGolden(name: string, text: string): void {
  const file = `test/golden/report/${name}`;
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}
