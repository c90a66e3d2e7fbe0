import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dfs } from "../../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import { exploreAll } from "../../golden/explore_all.ts";
import { KINDS, randomProgram, randomThreads, type Statement } from "../../golden/random_program.ts";

/** Programs with more interleavings than that are left to others. */
const LIMIT = 3_000;

/** The reduction misses nothing that brute force sees, and runs no trace twice. */
function expectOptimal(threads: readonly (readonly Statement[])[], spuriousPercent = 0): void {
  const subject = randomProgram(threads);
  const dfs = new Dfs();
  const reference = exploreAll(subject, dfs, spuriousPercent, LIMIT);
  if (reference.isCut) return;
  const dpor = new Dpor(subject.words.length);
  const all = exploreAll(subject, dpor, spuriousPercent);
  expect({ ...all, blocked: dpor.blocked, done: 0 }).toEqual({ ...reference, executions: reference.traces, blocked: 0, done: 0 });
}

describe("optimal DPOR against brute force", () => {
  const groups: Record<string, readonly Statement["kind"][]> = {
    "reads and writes": ["read", "write", "writeRead"],
    "read-modify-writes, some of which fail": ["read", "write", "add", "cas", "exchange"],
    "locks and waiting": ["read", "write", "locked", "tryLock", "await"],
    "chance and failing assertions": ["read", "write", "cas", "choice", "assert"],
    "condition variables": ["read", "write", "locked", "wait", "signal", "broadcast"],
    "futexes and time": ["read", "write", "add", "futexWait", "timedWait", "futexWake"],
  };
  it.each(Object.entries(groups))("%s", (_name, kinds) => {
    fc.assert(fc.property(randomThreads(kinds), (threads) => expectOptimal(threads)), { numRuns: 120 });
  });

  it("everything together", () => {
    fc.assert(fc.property(randomThreads(KINDS.filter((kind) => kind !== "lockedAssert")), (threads) => expectOptimal(threads)), { numRuns: 250 });
  });

  it("assertions that fail in a step that waited: all traces, some of them perhaps twice", () => {
    fc.assert(fc.property(randomThreads(["read", "write", "locked", "lockedAssert", "tryLock"]), (threads) => {
      const subject = randomProgram(threads);
      const reference = exploreAll(subject, new Dfs(), 0, LIMIT);
      if (reference.isCut) return;
      const all = exploreAll(subject, new Dpor(subject.words.length));
      expect({ ...all, executions: 0, done: 0 }).toEqual({ ...reference, executions: 0, done: 0 });
    }), { numRuns: 120 });
  });

  it("spurious wake-ups", () => {
    const kinds: readonly Statement["kind"][] = ["write", "add", "futexWait", "timedWait", "futexWake", "choice", "assert"];
    fc.assert(fc.property(randomThreads(kinds), (threads) => expectOptimal(threads, 50)), { numRuns: 120 });
  });
});
