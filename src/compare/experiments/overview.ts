import type { Column, Measured, Table, TrialResult } from "../../report/comparison.ts";
import { soundnessOf } from "../../driver/catalogue.ts";
import type { Soundness } from "../../driver/design.ts";
import { withTitle } from "../../report/rule_text.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { COMMITS, FALLBACKS, FAULTS, FINISH, medianOf, START, TAIL, TREE, userLockOf, WHOLE, type Figure } from "../results.ts";
import { above, below, conclude, figures, verdict, type Sentence } from "../sentence.ts";

const GPUS = 4;
const CPUS = 4;
const INVALIDATIONS = 200;
const SEEDS = 3;
/** All who come to an end do so in a fifth of it. */
const VIRTUAL_SECONDS = 0.05;

const FIGURES: readonly Figure[] = [
  START,
  FINISH,
  WHOLE,
  TAIL,
  FAULTS,
  COMMITS,
  { title: "reader p99", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.p99 },
  TREE,
  FALLBACKS,
  { title: "user lock held p99", unit: "us", of: (measured) => userLockOf(measured)?.heldUs.p99 ?? null },
  { title: "waited p99", unit: "us", of: (measured) => userLockOf(measured)?.waitedUs.p99 ?? null },
  {
    title: "mmap_lock held p99",
    unit: "us",
    of: ({ locks }) => locks.find(({ name }) => name === "mm_struct.mmap_lock")?.heldUs.p99 ?? null,
  },
];
const HAZARDS: readonly Column[] = [
  { title: "hazards", unit: "" },
  { title: "of rules", unit: "" },
  { title: "runs that end", unit: "" },
];

/** All figures of all designs, where everything happens at once and the oracles watch. */
export const overview: Experiment = {
  name: "overview",
  question: "What does each design cost where everything happens at once, and does it keep pages until no GPU uses them?",
  claim:
    "Designs were argued to be safe; that a finish may wait until range_end was refused, since pages are freed before " +
    "(RULES d 9, 10; g).",
  setting:
    `${CPUS} CPUs map, unmap, protect, fork and reclaim while ${GPUS} GPUs fault, as in stress, and all oracles watch; ` +
    `medians and sums of ${SEEDS} seeds. A TLB invalidation takes 40 us.`,
  uses: ["designs"],
  trials: (options) =>
    options.designs.flatMap((driver) =>
      Array.from({ length: SEEDS }, (_, index) => ({
        labels: { design: driver, seed: options.seed + index },
        config: trialMachine({ driver, gpus: GPUS, cpus: CPUS, scenario: "mixed", tlbLatencyUs: 40, seed: options.seed + index }),
        invalidations: INVALIDATIONS,
        seconds: VIRTUAL_SECONDS,
        isWatched: true,
      })),
    ),
  conclude: (results, { designs }) => ({
    table: tableOf(results, designs),
    plots: [],
    answer: [verdictOf(results, designs), ...designs.flatMap((design) => objectionsTo(design, measuredOf(results, design)))],
  }),
};

function tableOf(results: readonly TrialResult[], designs: readonly string[]): Table {
  return {
    columns: [{ title: "design", unit: "" }, ...FIGURES.map(({ title, unit }) => ({ title, unit })), ...HAZARDS],
    rows: designs.map((design) => {
      const all = measuredOf(results, design);
      return [
        design,
        ...FIGURES.map((figure) => medianOf(all, figure)),
        hazardsIn(all),
        rulesIn(all).join(" "),
        all.filter(({ isOver }) => isOver).length,
      ];
    }),
  };
}

/** The oracles object to no design that is meant to be right. Of a user's own nobody has said whether it is. */
function verdictOf(results: readonly TrialResult[], designs: readonly string[]): Sentence {
  const those = (...kinds: Soundness["kind"][]) => designs.filter((design) => kinds.includes(soundnessOf(design).kind));
  const met = designs.filter((design) => isObjectedTo(measuredOf(results, design)));
  const [sound, wrong, unknown] = [those("sound"), those("finding", "wrong"), those("unknown")];
  const unseen = wrong.filter((design) => !met.includes(design));
  const ofUnknown = conclude(above(0, unknown.length), `, unknown: ${unknown.length} (${unknown.join(", ")})`, "");
  return verdict(
    below(1, sound.filter((design) => met.includes(design)).length),
    figures`designs: ${designs.length}, known to be wrong (findings/README.md): ${wrong.length}${ofUnknown}, objected to here: ${met.length === 0 ? "none" : met.join(", ")}.`,
    conclude(above(0, unseen.length), "What is wrong with the others takes a schedule that the explorer looks for.", ""),
  );
}

function objectionsTo(design: string, all: readonly Measured[]): Sentence[] {
  if (!isObjectedTo(all)) return [];
  const stuck = all.filter(({ isOver }) => !isOver).length;
  const what = [
    ...(hazardsIn(all) === 0 ? [] : [`${hazardsIn(all)} hazards (${rulesIn(all).map(withTitle).join("; ")})`]),
    ...(stuck === 0 ? [] : [`${stuck} of ${all.length} runs do not end`]),
  ];
  const unknown = soundnessOf(design).kind === "unknown" ? " (of which nobody has said that it is sound)" : "";
  return [figures`${design}${unknown}: ${what.join("; ")}.`];
}

function isObjectedTo(all: readonly Measured[]): boolean {
  return hazardsIn(all) > 0 || all.some(({ isOver }) => !isOver);
}

function measuredOf(results: readonly TrialResult[], design: string): Measured[] {
  return results.filter(({ labels }) => labels["design"] === design).map(({ measured }) => measured);
}

function hazardsIn(all: readonly Measured[]): number {
  return all.flatMap(({ violations }) => Object.values(violations)).reduce((sum, count) => sum + count, 0);
}

function rulesIn(all: readonly Measured[]): string[] {
  return [...new Set(all.flatMap(({ violations }) => Object.keys(violations)))].toSorted();
}
