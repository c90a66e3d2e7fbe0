import { describe, expect, it } from "vitest";
import { columns } from "../../src/report/text.ts";
import { renderFailure } from "../../src/report/story_block.ts";
import { FAILURES } from "./failures.ts";
import { expectGolden } from "./golden.ts";

describe("a failure as a person reads it", () => {
  it.each(Object.entries(FAILURES))("%s", (name, failure) => {
    const text = renderFailure(failure);
    for (const line of text.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
    expectGolden(`failure_${name}.txt`, text);
  });

  it("with an order before something that did not happen any more", () => {
    const {
      orders: [{ before }],
      ...failure
    } = FAILURES["violation"];
    const heldBack = { task: "gpu0.engine", operation: "RMW gpu0.tlb.entries[3].word_with_a_very_long_name_indeed" };
    const text = renderFailure({ ...failure, orders: [{ before, after: 999, heldBack }] });
    expect(text).toMatch(
      /\n {2}\d+ < end +\S.*\n {4}before {2}gpu0\.engine, which has not come to RMW gpu0\.tlb\.entr\S*\.\.\.\n/,
    );
    for (const line of text.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
  });

  it("in colours says the same", () => {
    const text = renderFailure(FAILURES["violation"], (tone, line) => `<${tone}>${line}</>`);
    expect(text.replaceAll(/<\w+>|<\/>/g, "")).toBe(renderFailure(FAILURES["violation"]));
    expect(text).toContain("<bad>FAIL  violation of stale-access</>");
    expect(text).toMatch(/<bad>> +\d+ .* X .*<\/>/);
  });
});
