import { SILENT_GPU, type GpuProfile } from "../../boot/config.ts";
import type { TlbDomains } from "../../device/config.ts";
import { BASE_TIMEOUT_US } from "../../driver/parts/tlb_inval.ts";
import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { FINISH, measuredAt, START, tableOf, time, WHOLE } from "../results.ts";
import { above, all, below, conclude, figures, near, verdict, type Sentence } from "../sentence.ts";
import type { Trial } from "../trial.ts";

const GPUS = 8;
const FAST_US = 40;
const SLOW_US = 400;
const INVALIDATIONS = 24;
/** Enough for several times out. */
const SECONDS = 1.5;

/** What the GPUs are like: one of them may be odd. */
interface Mix {
  readonly name: string;
  /** Driver of the odd GPU, and of the others. */
  readonly odd: string;
  readonly others: string;
  /** Infinity: it never answers. */
  readonly oddUs: number;
  /** Its place in the tree of notifiers, which is that of its number. */
  readonly place: "first" | "last";
  /** TLBs of each GPU; default 1. */
  readonly tlbDomains?: TlbDomains;
}

const MIXES: readonly Mix[] = [
  { name: "two-pass", odd: "two-pass", others: "two-pass", oddUs: FAST_US, place: "first" },
  { name: "two-pass, a slow one first", odd: "two-pass", others: "two-pass", oddUs: SLOW_US, place: "first" },
  { name: "two-pass, a slow one last", odd: "two-pass", others: "two-pass", oddUs: SLOW_US, place: "last" },
  { name: "single-pass", odd: "single-pass", others: "single-pass", oddUs: FAST_US, place: "first" },
  { name: "single-pass, a slow one first", odd: "single-pass", others: "single-pass", oddUs: SLOW_US, place: "first" },
  { name: "two-pass, a single-pass one first", odd: "single-pass", others: "two-pass", oddUs: FAST_US, place: "first" },
  { name: "two-pass, a single-pass one last", odd: "single-pass", others: "two-pass", oddUs: FAST_US, place: "last" },
  { name: "two-pass, a slow single-pass one first", odd: "single-pass", others: "two-pass", oddUs: SLOW_US, place: "first" },
  { name: "two-pass, a slow single-pass one last", odd: "single-pass", others: "two-pass", oddUs: SLOW_US, place: "last" },
  { name: "two-pass, two TLBs each", odd: "two-pass", others: "two-pass", oddUs: FAST_US, place: "first", tlbDomains: 2 },
  {
    name: "single-pass, two TLBs each",
    odd: "single-pass",
    others: "single-pass",
    oddUs: FAST_US,
    place: "first",
    tlbDomains: 2,
  },
  { name: "xe-userptr", odd: "xe-userptr", others: "xe-userptr", oddUs: FAST_US, place: "first" },
  { name: "xe-userptr, one that never answers", odd: "xe-userptr", others: "xe-userptr", oddUs: Infinity, place: "first" },
];

/** One GPU that is slower than the others, or has a driver with one pass. */
export const mixes: Experiment = {
  name: "mixes",
  question: "What does one slow GPU, or one single-pass notifier early in the tree, cost everybody?",
  claim:
    "Two passes take the longest latency, not the sum; who does all of it in the first pass holds up all who start " +
    "after him (RULES 23, d 1).",
  setting: `One CPU takes pages away from ${GPUS} idle GPUs that flush in ${FAST_US} us; the odd one may take ${SLOW_US} us.`,
  uses: [],
  trials: ({ seed }) => MIXES.map((mix) => trialOf(mix, seed)),
  conclude: (results) => ({
    table: tableOf(results, [{ title: "mix", unit: "" }], [START, FINISH, WHOLE]),
    plots: [],
    answer: [
      verdictOf(results),
      slower(results, "One slow GPU", "two-pass, a slow one first", "two-pass"),
      slower(results, "One slow GPU at the end of the tree", "two-pass, a slow one last", "two-pass"),
      slower(results, "One slow GPU among single-pass ones", "single-pass, a slow one first", "single-pass"),
      slower(results, "One single-pass GPU at the beginning of the tree", "two-pass, a single-pass one first", "two-pass"),
      slower(results, "The same at its end", "two-pass, a single-pass one last", "two-pass"),
      slower(
        results,
        "One that is slow as well, at the beginning",
        "two-pass, a slow single-pass one first",
        "two-pass, a slow one first",
      ),
      slower(results, "The same at its end", "two-pass, a slow single-pass one last", "two-pass, a slow one last"),
      slower(results, "A second TLB in each GPU", "two-pass, two TLBs each", "two-pass"),
      slower(results, "A second TLB in each, with one pass", "single-pass, two TLBs each", "single-pass"),
      silent(results),
    ],
  }),
};

function trialOf({ name, odd, others, oddUs, place, tlbDomains = 1 }: Mix, seed: number): Trial {
  const put = <T>(one: T, rest: T): T[] => {
    const each = Array.from({ length: GPUS }, () => rest);
    each[place === "first" ? 0 : GPUS - 1] = one;
    return each;
  };
  const drivers = odd === others ? others : put(odd, others).join(",");
  const isSilent = oddUs === Infinity;
  const profiles = put<GpuProfile>(isSilent ? SILENT_GPU : { tlbLatencyUs: oddUs }, { tlbLatencyUs: FAST_US });
  return {
    labels: { mix: name },
    config: trialMachine({ driver: drivers, gpus: GPUS, profiles, tlbDomains, seed }),
    invalidations: isSilent ? null : INVALIDATIONS,
    seconds: SECONDS,
    isWatched: false,
  };
}

/**
 * The slow one costs what it is slower by; a single-pass one all that it takes, if others start after it, and nothing if none
 * does.
 */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const more = (mix: string) => wholeUs(results, mix) - wholeUs(results, "two-pass");
  const slow = more("two-pass, a slow one first");
  const [first, last] = ["two-pass, a single-pass one first", "two-pass, a single-pass one last"].map(more);
  const isOnce = near(slow, SLOW_US - FAST_US, 0.1 * SLOW_US);
  const isHidden = below(0.25 * FAST_US, last);
  return verdict(
    all(isOnce, above(0.9 * FAST_US, first), isHidden),
    figures`a GPU that is ${SLOW_US - FAST_US} us slower makes two passes ${time(slow)} longer${conclude(isOnce, ", once", "")}.`,
    figures`One single-pass notifier of ${FAST_US} us costs everybody ${time(first)} if the others start after it, and ${time(last)} if it comes last${conclude(
      isHidden,
      ": then the others' flushes are under way while it waits for its own",
      "",
    )}.`,
  );
}

/** A driver that gives up on a flush makes everybody wait for so long. */
function silent(results: readonly TrialResult[]): Sentence {
  const [whole, usual] = ["xe-userptr, one that never answers", "xe-userptr"].map((mix) => wholeUs(results, mix));
  const isTimedOut = above(BASE_TIMEOUT_US, whole);
  return figures`One that never answers, among xe's: ${time(whole)}, against ${time(usual)}${conclude(
    isTimedOut,
    ": everybody waits until it times out, and then its flush counts as done (RULES 70; findings/2)",
    "",
  )}.`;
}

function wholeUs(results: readonly TrialResult[], mix: string): number {
  return measuredAt(results, { mix }).wholeUs.p50;
}

function slower(results: readonly TrialResult[], what: string, mix: string, without: string): Sentence {
  const [whole, before] = [mix, without].map((name) => wholeUs(results, name));
  const by = conclude(below(before, whole), "less", "more");
  return figures`${what}: ${time(whole)}, against ${time(before)} of ${without}: ${time(Math.abs(whole - before))} ${by} foreverybody.`;
}
