import { describe, expect, it } from "vitest";
import { describe as text } from "../../src/conformance/difference.ts";
import { replay } from "../../src/conformance/replay.ts";
import { allTraces } from "./fixture.ts";

const GROUPS = [
  "fact",
  "basic",
  "overlap",
  "many-notifiers",
  "deferred-insert",
  "deferred-remove",
  "nonblock-eagain",
  "two-pass-mix",
  "concurrent-ranges",
  "read-begin-blocking",
  "release-exit",
  "hlist-mix",
  "hlist-eagain",
  "get-put",
  "parked-walk",
  "hlist-parked",
  "cb-insert",
  "two-mm",
  "boundary",
  "misuse",
];

describe("traces of the real kernel code", () => {
  const traces = allTraces();

  it("are all there", () => {
    expect(traces.length).toBe(2782);
    expect(new Set(traces.map(groupOf))).toEqual(new Set(GROUPS));
  });

  it.each(GROUPS)("agree with the notifier core: %s", (group) => {
    const differences = traces
      .filter((trace) => groupOf(trace) === group)
      .map((trace) => replay(trace))
      .filter((found) => found !== null);
    expect(differences.map((difference) => text(difference))).toEqual([]);
  });
});

function groupOf(trace: { n: string }): string {
  return trace.n.startsWith("fact-") ? "fact" : trace.n.replace(/-\d+$/, "");
}
