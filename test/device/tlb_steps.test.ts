import { describe, expect, it } from "vitest";
import { fillTlb, lookupL1, lookupL2, removeFromTlb, Tlb, type Translation } from "../../src/device/tlb.ts";
import type { Engine } from "../../src/executor/explorer/engine/engine.ts";
import { Explorer } from "../../src/executor/explorer/engine/explore.ts";
import { Dfs } from "../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../src/executor/explorer/strategy/dpor/dpor.ts";
import type { Strategy } from "../../src/executor/explorer/engine/strategy.ts";
import type { Subject } from "../../src/executor/explorer/engine/subject.ts";
import { mkPte, PTE_PRESENT } from "../../src/machine/pte.ts";
import type { Run } from "../../src/machine/step.ts";
import { ASID, DATA, Machine, READ_WRITE, runAlone, VA } from "./fixture.ts";

type Action = (machine: Machine, task: ReturnType<Machine["task"]>, found: Translation) => Run<unknown>;

const ACTIONS = {
  l1: (machine, task, found) => lookupL1(task, machine.gpu.tlbs[0], ASID, VA, PTE_PRESENT, found),
  l2: (machine, task, found) => lookupL2(task, machine.gpu.tlbs[0], ASID, VA, PTE_PRESENT, found),
  fill: (machine, task, found) => fillTlb(task, machine.gpu.tlbs[0], ASID, VA, found),
  flush: (machine, task) => removeFromTlb(task, machine.gpu.tlbs[0], ASID, VA, VA + 1),
} as const satisfies Readonly<Record<string, Action>>;

/** Contexts of one GPU that each do a few things to its TLB, which at the start holds the page in L2 alone. */
class Contexts implements Subject {
  readonly name = "contexts";
  readonly #machine = new Machine();
  readonly #start: Int32Array;
  readonly #programs: readonly (readonly (keyof typeof ACTIONS)[])[];
  #results: string[] = [];

  constructor(programs: readonly (readonly (keyof typeof ACTIONS)[])[]) {
    this.#programs = programs;
    const {
      words,
      gpu: {
        tlbs: [tlb],
      },
    } = this.#machine;
    const found = this.#translation();
    runAlone(fillTlb(this.#machine.task("setup"), tlb, ASID, VA, found));
    words.fill(0, tlb + Tlb.l1, tlb + Tlb.l2Victims);
    words[tlb + Tlb.epoch] = 0;
    this.#start = words.slice();
  }

  get words(): Int32Array {
    return this.#machine.words;
  }

  start(engine: Engine): void {
    this.words.set(this.#start);
    this.#results = this.#programs.map(() => "");
    for (const [i, actions] of this.#programs.entries()) engine.spawn(this.#machine.task(`ctx${i}`), this.#context(i, actions));
  }

  failure(): null {
    return null;
  }

  finish(): null {
    return null;
  }

  nameOf(addr: number): string {
    return `words[${addr}]`;
  }

  /** What the contexts saw, and what the TLB holds. */
  outcome(): string {
    const [tlb] = this.#machine.gpu.tlbs;
    return `${this.#results.join(" ")} | ${this.words.subarray(tlb + Tlb.l1, tlb + Tlb.words).join(" ")}`;
  }

  *#context(i: number, actions: readonly (keyof typeof ACTIONS)[]): Run<void> {
    const task = this.#machine.task(`ctx${i}`);
    const found = this.#translation();
    for (const action of actions) {
      const result = yield* ACTIONS[action](this.#machine, task, found);
      this.#results[i] += `,${action} ${String(result)}`;
    }
  }

  #translation(): Translation {
    return { pte: mkPte(DATA, READ_WRITE), pteAddr: 0, stamp: 0, epoch: 0 };
  }
}

function outcomes(subject: Contexts, strategy: Strategy): Set<string> {
  const explorer = new Explorer({ subject, strategy, seed: 1 });
  const seen = new Set<string>();
  for (let index = 0; explorer.run(index) !== null; index++) seen.add(subject.outcome());
  return seen;
}

describe("what contexts of one GPU do to its TLB is announced as what it is", () => {
  it.each([
    { programs: [["l2"], ["l1"]] },
    { programs: [["fill"], ["l1"]] },
    { programs: [["l1", "l2"], ["l1", "l2"], ["flush"]] },
    {
      programs: [
        ["l2", "fill"],
        ["flush", "l1"],
      ],
    },
    {
      programs: [
        ["l1", "l2", "fill"],
        ["l1", "l2", "fill"],
      ],
    },
  ] as const)("$programs: DPOR sees what brute force sees", ({ programs }) => {
    const subject = new Contexts(programs);
    const all = outcomes(subject, new Dfs());
    expect(outcomes(subject, new Dpor(subject.words.length))).toEqual(all);
    expect(all.size).toBeGreaterThan(1);
  });
});
