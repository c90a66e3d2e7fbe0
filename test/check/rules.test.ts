import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RULES_OF_ONE_THREAD, WATCHED_RULES } from "../../src/check/rules.ts";

test("the rules that are announced are those that oracles report", () => {
  const folder = new URL("../../src/check/", import.meta.url);
  const reported = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (file === "rules.ts" || !file.endsWith(".ts")) continue;
    const text = readFileSync(new URL(file, folder), "utf8");
    for (const [, rule] of text.matchAll(
      /(?:report|say|check\w*)\([^"]*"((?:I|RULES )\d+|WARN|balance|join|stale-access|lost-data)"/gi,
    ))
      reported.add(rule);
    for (const [, rule] of text.matchAll(/(?:rule: |\[)"((?:I|RULES (?:b )?)\d+|atomic-sleep)"/g)) reported.add(rule);
    for (const [, rule] of text.matchAll(/, "((?:I|RULES )\d+|join)", (?:reporter|range|`)/g)) reported.add(rule);
  }
  expect([...reported].toSorted()).toEqual([...WATCHED_RULES, ...RULES_OF_ONE_THREAD].toSorted());
});
