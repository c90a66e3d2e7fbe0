import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RULES_OF_ONE_THREAD, WATCHED_RULES } from "../../src/check/rules.ts";

test("the rules that are announced are those that oracles report", () => {
  const folder = new URL("../../src/check/", import.meta.url);
  const reported = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (file === "rules.ts" || !file.endsWith(".ts")) continue;
    const text = readFileSync(new URL(file, folder), "utf8");
    const literals = text.matchAll(/"((?:I|RULES (?:b )?)\d+|WARN|balance|join|stale-access|lost-data|atomic-sleep)"/g);
    for (const [, rule] of literals) reported.add(rule);
  }
  expect([...reported].toSorted()).toEqual([...WATCHED_RULES, ...RULES_OF_ONE_THREAD].toSorted());
});
