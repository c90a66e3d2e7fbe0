import { testCases, type TestCase } from "./cases.ts";
import type { StressResult } from "./result.ts";

/** A run as JUnit XML: one testsuite, one testcase for each rule and for the scenario. */
export function renderJunit(result: StressResult): string {
  const cases = testCases(result);
  const number = (...outcomes: TestCase["outcome"][]) => cases.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const seconds = Number.isFinite(result.elapsedMs) ? (result.elapsedMs / 1000).toFixed(3) : "0";
  const suite = attributes({
    name: "shootdown",
    tests: cases.length,
    failures: number("failed", "timeout"),
    errors: number("error"),
    skipped: number("skipped"),
    time: seconds,
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite${suite}>`,
    "  <properties>",
    ...["seed", "reproduce", "config"].map((name) => {
      const value = result[name as "seed" | "reproduce" | "config"];
      return `    <property${attributes({ name, value: typeof value === "object" ? JSON.stringify(value) : value })}/>`;
    }),
    "  </properties>",
    ...cases.flatMap((test) => testcase(test, test.suite === "scenarios" ? seconds : "0")),
    "</testsuite>",
    "",
  ].join("\n");
}

const ELEMENTS = { failed: "failure", timeout: "failure", error: "error", skipped: "skipped" } as const;

function testcase(test: TestCase, time: string): string[] {
  const open = `  <testcase${attributes({ classname: `shootdown.${test.suite}`, name: test.name, time })}`;
  if (test.outcome === "passed") return [`${open}/>`];
  const element = ELEMENTS[test.outcome];
  const head = `    <${element}${attributes({ message: test.reason, ...(element !== "skipped" && { type: test.outcome }) })}`;
  const text = escape(test.detail.join("\n"));
  return [`${open}>`, text === "" || element === "skipped" ? `${head}/>` : `${head}>${text}</${element}>`, "  </testcase>"];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value)).replaceAll(/[\t\n\r]/g, (c) => `&#${c.codePointAt(0)};`)}"`)
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML 1.0: what it has no way to say (control characters, half surrogate pairs) is shown by its number. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`)
    .replaceAll(/[&<>"]/g, (c) => ENTITIES[c]);
}
