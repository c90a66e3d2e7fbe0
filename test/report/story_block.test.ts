import { describe, expect, it } from "vitest";
import { columns } from "../../src/report/text.ts";
import { renderFinding } from "../../src/report/story_block.ts";
import { FAILURES } from "./failures.ts";
import { expectGolden } from "./golden.ts";

describe("a failure as a person reads it", () => {
  it.each(Object.entries(FAILURES))("%s", (name, failure) => {
    const text = renderFinding(failure);
    for (const line of text.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
    expectGolden(`failure_${name}.txt`, text);
  });

  it("with an order before something that did not happen any more", () => {
    const finding = FAILURES["violation"];
    const [{ before }] = finding.explanation.orders;
    const heldBack = { task: "gpu0.engine", operation: "RMW gpu0.tlb.entries[3].word_with_a_very_long_name_indeed" };
    const text = renderFinding({
      ...finding,
      explanation: { ...finding.explanation, orders: [{ before, after: 999, heldBack }] },
    });
    expect(text).toMatch(
      /\n {2}\d+ < end +\S.*\n {4}before {2}gpu0\.engine, which has not come to RMW gpu0\.tlb\.entr\S*\.\.\.\n/,
    );
    for (const line of text.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
  });

  it("in colours says the same", () => {
    const text = renderFinding(FAILURES["violation"], (tone, line) => `<${tone}>${line}</>`);
    expect(text.replaceAll(/<\w+>|<\/>/g, "")).toBe(renderFinding(FAILURES["violation"]));
    expect(text).toContain("<bad>FAIL  violation of stale-access: A device touches only what the process maps</>");
    expect(text).toMatch(/<bad>> +\d+ .* X .*<\/>/);
  });
});
