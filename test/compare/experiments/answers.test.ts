import { describe, expect, it } from "vitest";
import type { CompareOptions, Experiment } from "../../../src/compare/experiment.ts";
import { deviceLock } from "../../../src/compare/experiments/device_lock.ts";
import { exhaustion } from "../../../src/compare/experiments/exhaustion.ts";
import { finishSource } from "../../../src/compare/experiments/finish_source.ts";
import { mixes } from "../../../src/compare/experiments/mixes.ts";
import { overview } from "../../../src/compare/experiments/overview.ts";
import { passes } from "../../../src/compare/experiments/passes.ts";
import { preemption } from "../../../src/compare/experiments/preemption.ts";
import { readers } from "../../../src/compare/experiments/readers.ts";
import { scaling } from "../../../src/compare/experiments/scaling.ts";
import { secondWalk } from "../../../src/compare/experiments/second_walk.ts";
import { sharedLock } from "../../../src/compare/experiments/shared_lock.ts";
import { DESIGNS, registerDesign } from "../../../src/driver/catalogue.ts";
import type { Measured, TrialResult } from "../../../src/report/comparison.ts";
import { measured } from "../../report/comparisons.ts";

/** What an experiment concludes, sentence by sentence, if its trials measure this. Nothing is simulated. */

const OPTIONS: CompareOptions = { designs: ["two-pass", "single-pass"], gpus: [1, 64], tlbLatencyUs: [2, 100], cpus: 1, seed: 1 };

type Labels = TrialResult["labels"];

function answers(experiment: Experiment, of: (labels: Labels) => Partial<Measured>, options = OPTIONS): readonly string[] {
  const results = experiment
    .trials(options)
    .map(({ labels }) => ({ labels, measured: { ...measured(40, 50), finishFallbacks: 0, ...of(labels) } }));
  return experiment.conclude(results, options).answer;
}

function whole(p50: number, p99 = p50): Pick<Measured, "wholeUs"> {
  return { wholeUs: { p50, p99, max: p99 } };
}

describe("scaling", () => {
  const run = (softwareUs: number) =>
    answers(scaling, ({ TLB, GPUs, design }) =>
      whole(design === "single-pass" ? Number(TLB) * Number(GPUs) : Number(TLB) + softwareUs * Number(GPUs)),
    );

  it("says that the software is the larger part, and from where on, where it is", () => {
    const [verdict, share] = run(4);
    expect(verdict).toBe(
      "Confirmed: with 64 GPUs and 100 us one pass takes 1.00 of the sum of the latencies, two passes 1.00 of the " +
        "longest and the software. " +
        "The software is the larger part then: the start pass goes from GPU to GPU, and no second pass helps against that.",
    );
    expect(share).toContain(
      "which costs two-pass 4.00 us a GPU: one of 100 us takes 25 times as long, so that the software is the larger " +
        "part from 25 GPUs on.",
    );
  });

  it("says that the latency is, where it is", () => {
    const [verdict, share] = run(0.1);
    expect(verdict).toMatch(/ The latency is the larger part then: 100 us of the 106 us that two passes take\.$/);
    expect(share).toMatch(/takes 1\.0e\+3 times as long, and with 64 GPUs all of the software takes 6\.40 us\.$/);
    expect(run(0)[1]).toBe("A GPU more costs two-pass 0.00 us of software.");
  });

  it("calls a bound what two passes stay within", () => {
    expect(run(4).at(-1)).toMatch(/1\.00 \(64\) of its bound, the latency and the software\.$/);
    const beyond = answers(scaling, ({ TLB }) => whole(TLB === 2 ? 10 : 200));
    expect(beyond.at(-1)).toMatch(/1\.85 \(64\) of the latency and the software, which are no bound then\.$/);
  });
});

describe("overview", () => {
  const run = (designs: readonly string[], objected: readonly string[]) =>
    answers(overview, ({ design }) => ({ violations: objected.includes(String(design)) ? { I10: 1 } : {} }), {
      ...OPTIONS,
      designs,
    });

  it("counts as wrong what is known to be, and says that others take a schedule if some were not objected to", () => {
    expect(run(["two-pass", "nouveau", "finish-at-range-end"], ["finish-at-range-end"])[0]).toBe(
      "Confirmed: designs: 3, known to be wrong (findings/README.md): 2, objected to here: finish-at-range-end. " +
        "What is wrong with the others takes a schedule that the explorer looks for.",
    );
    expect(run(["two-pass", "nouveau"], ["two-pass", "nouveau"])[0]).toBe(
      "Not confirmed: designs: 2, known to be wrong (findings/README.md): 1, objected to here: two-pass, nouveau.",
    );
  });

  it("says of a user's own design that it is unknown, whether it is objected to or not", () => {
    registerDesign("/mine.ts", { create: DESIGNS[0].create });
    expect(run(["two-pass", "/mine.ts"], [])).toEqual([
      "Confirmed: designs: 2, known to be wrong (findings/README.md): 0, unknown: 1 (/mine.ts), objected to here: none.",
    ]);
    expect(run(["two-pass", "/mine.ts"], ["/mine.ts"])).toEqual([
      "Confirmed: designs: 2, known to be wrong (findings/README.md): 0, unknown: 1 (/mine.ts), objected to here: /mine.ts.",
      "/mine.ts (of which nobody has said that it is sound): 3 hazards " +
        "(I10: Every start that asks for a finish gets one, in order).",
    ]);
  });
});

describe("passes", () => {
  const run = (alike: number, mixed: number) =>
    answers(passes, ({ mix, order }) => whole(order === "own" ? 100 : 100 * (String(mix).includes(",") ? mixed : alike)))[0];

  it("says that drivers of as many stages lose nothing if they do not", () => {
    expect(run(1, 1.5)).toBe(
      "Confirmed: mixes of two and three stages take up to 1.5 times as long in turns as if each goes on by itself; " +
        "drivers of as many stages lose nothing.",
    );
    expect(run(1.4, 1.5)).toMatch(/^Not confirmed: .*; drivers of as many stages take up to 1\.4 times as long\.$/);
  });
});

describe("second-walk", () => {
  const run = (us: (notifiers: number) => number) =>
    answers(secondWalk, ({ notifiers, design }) => whole(us(Number(notifiers)) * (design === "two-pass" ? 1 : 2)))[0];

  it("calls the walks linear if they are", () => {
    expect(run((notifiers) => 5 + notifiers)).toMatch(
      / 2\.0 times as long\. Both walks are linear in the notifiers that are hit: that it were of another order is not what is seen\.$/,
    );
    expect(run((notifiers) => notifiers * Math.log2(notifiers))).toMatch(
      / With 10 times the notifiers one walk takes 13 times, two take 13 times as long: more than linear\.$/,
    );
  });
});

describe("shared-lock", () => {
  const run = (few: number, many: number) =>
    answers(sharedLock, ({ GPUs, design }) => ({
      commitsPerSecond: design === "lock-across-passes" ? (GPUs === 32 ? many : few) : 1000,
    }))[1];

  it("says that dropping the lock pays where few GPUs fault if it does", () => {
    expect(run(800, 950)).toContain(
      "0.95 times (32 GPUs) as many: to drop it between the passes pays where few GPUs fault; and held, it deadlocks " +
        "as soon as two ranges or notifiers meet (findings/4).",
    );
    expect(run(1000, 500)).toContain(
      ": to drop it between the passes makes it 1.0 times as many with 4 GPUs, 2.0 times with 32; and held, it deadlocks",
    );
  });
});

describe("device-lock", () => {
  const NOTHING = { p50: 0, p99: 0, max: 0 };
  const run = (factor: number, waitedUs: number) =>
    answers(deviceLock, ({ processes, design }) => ({
      ...whole(100, design === "amdgpu-partitions" && processes === 8 ? 100 * factor : 100),
      locks: [
        {
          name: "amdgpu_device.notifier_lock",
          held: 1,
          heldUs: NOTHING,
          waits: 1,
          waitedUs: { ...NOTHING, p99: waitedUs },
          totalWaitedUs: waitedUs,
        },
      ],
    }))[0];

  it("says that strangers wait for each other if they wait for the lock", () => {
    expect(run(7, 700)).toBe(
      "Confirmed: with 8 processes on one device the slowest hundredth of invalidations takes 7.0 times as long as " +
        "with one, on devices of their own 1.0 times: " +
        "strangers wait for each other's preemptions, one after the other, and so do their submissions.",
    );
    expect(run(1, 10)).toMatch(/^Not confirmed: .*: of that, they wait 10\.0 us for the lock \(p99\)\.$/);
  });
});

describe("exhaustion", () => {
  const run = (tooFewUs: number, fallbacks: number) =>
    answers(exhaustion, ({ objects }) => {
      const tooFew = 16 - Number(objects);
      return {
        ...whole(60 + tooFewUs * tooFew),
        twoPassCalls: 16,
        finishFallbacks: tooFew * fallbacks,
        fallbacksByGpu: Array.from({ length: 16 }, (_, gpu) => (gpu >= Number(objects) ? fallbacks : 0)),
      };
    });

  it("says that an object too few costs a latency if it does, and that invocations wait if they do", () => {
    const [verdict, ...sizes] = run(40, 1);
    expect(verdict).toBe(
      "Confirmed: with 8 objects for 16 GPUs 100 % of those who go without are in the later half of the tree. " +
        "Each object too few costs everybody about one latency: 60.0 us with enough of them, 380 us with half, 700 us with none.",
    );
    expect(sizes[0]).toBe(
      "0 objects for 16 GPUs: 700 us, since 100 % of the invocations wait there and then; 50 % of these are the later half's.",
    );
  });

  it("says what it costs if that is no latency, and that nobody goes without if nobody does", () => {
    const [verdict, ...sizes] = run(0, 0);
    expect(verdict).toMatch(
      /^Not confirmed: .* An invalidation takes 60\.0 us with enough of them, 60\.0 us with half, 60\.0 us with none: an object too few costs 0\.00 us up to half of them, 0\.00 us from there on, and a latency is 40 us\.$/,
    );
    expect(sizes[0]).toBe("0 objects for 16 GPUs: 60.0 us, and 0 % of the invocations find none; nobody goes without.");
  });
});

describe("finish-source", () => {
  const run = (alone: number, several: number, slowing: number) =>
    answers(finishSource, ({ CPUs, source }) => ({
      twoPassCalls: 100,
      finishFallbacks: source === "embedded" ? (CPUs === 1 ? alone : several) : 0,
      invalidations: 100,
      virtualUs: 100 * (CPUs === 16 ? slowing : 1),
      readerWaitUs: { p50: CPUs === 16 ? 10 * slowing : 10, p99: 0, max: 0 },
    }));

  it("says rare and usual of what is, and that each invalidates more rarely if it does", () => {
    const all = run(0, 30, 3);
    expect(all[0]).toMatch(/^Not confirmed: .* It is rare where one thread unmaps; it is usual where several do\.$/);
    expect(all[1]).toContain("against 50.0 us with a pool that never ends and");
    expect(all.at(-1)).toBe(
      "With more CPUs each invalidates more rarely, since it waits longer to have its page back (RULES 11): 10.0 us " +
        "with 8, 30.0 us with 16, even with a pool that never ends.",
    );
  });

  it("says neither of what is not", () => {
    const all = run(0, 0, 0.4);
    expect(all[0]).toMatch(/^Confirmed: .* It is so in 0\.0 % at the least, in 0\.0 % at the most\.$/);
    expect(all.at(-1)).toBe("To have its page back a CPU waits 10.0 us with 8, 4.00 us with 16.");
  });
});

describe("mixes", () => {
  const run = (slowUs: number, lastUs: number, silentUs: number) =>
    answers(mixes, ({ mix }) => {
      if (mix === "two-pass, a slow one first") return whole(50 + slowUs);
      if (mix === "two-pass, a single-pass one first") return whole(90);
      if (mix === "two-pass, a single-pass one last") return whole(50 + lastUs);
      return whole(mix === "xe-userptr, one that never answers" ? silentUs : 50);
    });

  it("says once, under way and timed out of what is", () => {
    const all = run(360, 4, 255_000);
    expect(all[0]).toBe(
      "Confirmed: a GPU that is 360 us slower makes two passes 360 us longer, once. One single-pass notifier of 40 us " +
        "costs everybody 40.0 us if the others start after it, and 4.00 us if it comes last: then the others' flushes are " +
        "under way while it waits for its own.",
    );
    expect(all[1]).toBe("One slow GPU: 410 us, against 50.0 us of two-pass: 360 us more foreverybody.");
    expect(all.at(-1)).toBe(
      "One that never answers, among xe's: 255 ms, against 50.0 us: everybody waits until it times out, and then its " +
        "flush counts as done (RULES 70; findings/2).",
    );
  });

  it("says neither of what is not", () => {
    const all = run(-20, 40, 50);
    expect(all[0]).toBe(
      "Not confirmed: a GPU that is 360 us slower makes two passes -20.0 us longer. One single-pass notifier of 40 us " +
        "costs everybody 40.0 us if the others start after it, and 40.0 us if it comes last.",
    );
    expect(all[1]).toBe("One slow GPU: 30.0 us, against 50.0 us of two-pass: 20.0 us less foreverybody.");
    expect(all.at(-1)).toBe("One that never answers, among xe's: 50.0 us, against 50.0 us.");
  });
});

describe("preemption", () => {
  const run = (two: number, three: number, xe: number) =>
    answers(preemption, ({ preemption: us, contexts, design }) => {
      const stop = contexts === "busy" ? Number(us) : 0;
      return whole(stop + { "one pass": 5000, "two passes": two, "three passes": three, "xe-userptr-preempt": xe }[design]!);
    });

  it("says that flushes overlap only in the third pass, and that xe needs none, if so", () => {
    const all = run(4000, 100, 5);
    expect(all[0]).toMatch(
      /^Not confirmed: who preempts and flushes in the notifier loses the overlap of the flushes in two passes: with 8 GPUs a third makes it .* Two do suffice for xe, which flushes only when a context goes on\.$/,
    );
    expect(all[1]).toMatch(/, the third 36 times more, since only it lets flushes overlap\.$/);
    expect(all.at(-1)).toMatch(/ it needs no third, because it flushes only before a context goes on\.$/);
  });

  it("does not if not", () => {
    const all = run(100, 100, 4000);
    expect(all[0]).toMatch(
      /^Confirmed: with 8 GPUs a third makes it 1\.0 times .* as fast, by the time that a context needs\. xe takes 36 times .* as long in two passes as others in three\.$/,
    );
    expect(all[1]).toMatch(/, the third 1\.0 times more\.$/);
    expect(all.at(-1)).toMatch(/: 4\.10 ms in two passes; others take 200 us in three\.$/);
  });
});

describe("readers", () => {
  const run = (us: (others: number) => number, waits: number) =>
    answers(readers, ({ others }) => ({
      readerWaits: waits,
      virtualUs: 40_000,
      readerWaitUs: { p50: us(Number(others)), p99: 0, max: us(Number(others)) },
    }));

  it("says that moments become rare exponentially if waits grow so", () => {
    expect(run((others) => 2 ** others, 3)[0]).toMatch(
      /^Confirmed: with each CPU more that invalidates, a wait takes 2\.0 times as long, from 2\.00 us beside 1 to 4\.10 ms beside 12 \(medians\): .* become rare exponentially\. Beside 16 one wait lasts 164 % of the run\.$/,
    );
  });

  it("says what waits are if they do not", () => {
    const all = run(() => 5, 0);
    expect(all[0]).toBe(
      "Not confirmed: waits go from 5.00 us beside 1 to 5.00 us beside 12 (medians), by way of 5.00 us beside 4. " +
        "Beside 16 one wait lasts 0 % of the run.",
    );
    expect(all[1]).toBe("0 others: it never waits.");
  });
});
