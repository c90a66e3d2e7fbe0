import { describe, expect, it } from "vitest";
import { Dfs } from "../../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import { ARRAYS } from "../../golden/arrays.ts";
import { COUNTERS, readers } from "../../golden/counters.ts";
import { EXCLUSION } from "../../golden/exclusion.ts";
import { exploreAll } from "../../golden/explore_all.ts";
import { LITMUS } from "../../golden/litmus.ts";

/** Published numbers of executions: what GenMC and Nidhugg expect of themselves in their own tests, and POPL 2014. */
describe("optimal DPOR", () => {
  const programs = [...LITMUS, ...COUNTERS, ...ARRAYS, ...EXCLUSION].map(([subject, executions]) => ({
    name: subject.name,
    subject,
    executions,
  }));
  it.each(programs)("runs each trace of $name once: $executions", ({ subject, executions }) => {
    const dpor = new Dpor(subject.words.length);
    const all = exploreAll(subject, dpor);
    expect(all.done).toBe(executions);
    expect(all.traces).toBe(all.executions);
    expect(dpor.blocked).toBe(0);
    expect(dpor.isComplete).toBe(true);
  });

  it.each([...LITMUS.slice(0, 16), ...EXCLUSION].map(([subject]) => ({ name: subject.name, subject })))(
    "ends $name as brute force does",
    ({ subject }) => {
      const reference = exploreAll(subject, new Dfs(), 0, 100_000);
      const all = exploreAll(subject, new Dpor(subject.words.length));
      expect(all.outcomes).toEqual(reference.outcomes);
      expect(all.failures).toEqual(reference.failures);
      expect(all.executions).toBe(reference.traces);
    },
  );

  it("needs 2^13 executions for 13 readers, where the classic algorithm needs 797162", () => {
    const subject = readers(13);
    const dpor = new Dpor(subject.words.length);
    expect(exploreAll(subject, dpor).executions).toBe(8192);
    expect(dpor.blocked).toBe(0);
  });
});
