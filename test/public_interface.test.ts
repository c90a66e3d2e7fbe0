import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as explorer from "shootdown/explorer";
import * as shootdown from "shootdown";

/** What users may rely on: a name that goes, or a new one, is a change of this file and of the version. */
it("exports what its users rely on, and nothing else", () => {
  const listed = [...names("shootdown", shootdown), ...names("shootdown/explorer", explorer)].join("\n");
  expect(`${listed}\n`).toBe(readFileSync(new URL("golden/public_interface.txt", import.meta.url), "utf8"));
});

function names(module: string, exported: object): string[] {
  return Object.keys(exported)
    .toSorted()
    .map((name) => `${module} ${name}`);
}
