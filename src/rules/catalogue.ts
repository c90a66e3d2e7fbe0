import { ALTERNATIVES, ALTERNATIVES_ARGUED } from "./alternatives.ts";
import { AMENDMENTS } from "./amendments.ts";
import { BUG_LIST, REAL_BUGS } from "./bugs.ts";
import { CLASSIC } from "./classic.ts";
import { BEHAVIOUR, CORE } from "./core.ts";
import { GPUSVM } from "./gpusvm.ts";
import { INSERT_REMOVE } from "./insert_remove.ts";
import {
  CORE_INVARIANTS,
  DEVICE_INVARIANTS,
  INVARIANTS,
  MEMORY_INVARIANTS,
  SECONDARY_TLB_INVARIANTS,
  TWO_PASS_INVARIANTS,
} from "./invariants.ts";
import { LATENCIES, MEASURED } from "./latencies.ts";
import { LOCKING, LOCKS } from "./locks.ts";
import { MEMORY } from "./memory.ts";
import { MEMORY_ORDERING } from "./memory_ordering.ts";
import { MODEL } from "./model.ts";
import { NON_BLOCKING } from "./non_blocking.ts";
import { OTHER_DRIVERS } from "./other_drivers.ts";
import type { Chapter, Rule } from "./rule.ts";
import { SECONDARY_TLB } from "./secondary_tlb.ts";
import { SEED_2014 } from "./seed_2014.ts";
import { SEED_2020 } from "./seed_2020.ts";
import { TIMELINE } from "./timeline.ts";
import { TLB_INVAL } from "./tlb_inval.ts";
import { TWO_PASS } from "./two_pass.ts";
import { ENDING_WORDS, ORACLE_WORDS, SANITIZER_WORDS, WORDS } from "./verdicts.ts";
import { XE, XE_SINCE } from "./xe.ts";

/** The book, in the order in which it is printed. */
const BOOK = [
  { opening: MODEL, sections: [] },
  {
    opening: BEHAVIOUR,
    sections: [
      CORE,
      TWO_PASS,
      NON_BLOCKING,
      INSERT_REMOVE,
      CLASSIC,
      SECONDARY_TLB,
      MEMORY,
      XE,
      XE_SINCE,
      GPUSVM,
      TLB_INVAL,
      OTHER_DRIVERS,
    ],
  },
  { opening: LOCKING, sections: [LOCKS] },
  { opening: MEMORY_ORDERING, sections: [] },
  {
    opening: INVARIANTS,
    sections: [CORE_INVARIANTS, TWO_PASS_INVARIANTS, MEMORY_INVARIANTS, DEVICE_INVARIANTS, SECONDARY_TLB_INVARIANTS],
  },
  { opening: WORDS, sections: [ORACLE_WORDS, SANITIZER_WORDS, ENDING_WORDS] },
  { opening: TIMELINE, sections: [] },
  { opening: ALTERNATIVES_ARGUED, sections: [ALTERNATIVES] },
  { opening: SEED_2014, sections: [] },
  { opening: SEED_2020, sections: [] },
  { opening: AMENDMENTS, sections: [] },
  { opening: REAL_BUGS, sections: [BUG_LIST] },
  { opening: MEASURED, sections: [LATENCIES] },
] as const satisfies readonly Chapter[];

export const CHAPTERS: readonly Chapter[] = BOOK;

type AnyChapter = (typeof BOOK)[number];

/** Every name by which a rule can be cited, or a violation called. */
export type RuleId = AnyChapter["opening"]["id"] | AnyChapter["sections"][number]["rules"][number]["id"];

/** All rules, the openings of chapters included, in the order of the book. */
export const RULES: readonly Rule[] = CHAPTERS.flatMap(({ opening, sections }) =>
  [opening].concat(sections.flatMap(({ rules }) => rules)),
);

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [spellingOf(rule.id), rule]));

export function ruleOf(id: RuleId): Rule {
  return BY_ID.get(spellingOf(id))!;
}

/** The rule that a person, or a report, means: `rules  62`, `i6`, `RULES I6`, `rules b 8'`, `data-race frame.entries[]`. */
export function findRule(text: string): Rule | undefined {
  const spelling = spellingOf(text);
  const alone = spelling.replace(/^rules (?=i\d)|(?<=^data-race) .*/g, "");
  return BY_ID.get(spelling) ?? BY_ID.get(alone);
}

/** Without what people leave out or add: capitals, parentheses, spaces, the shape of an apostrophe. */
function spellingOf(text: string): string {
  return text.trim().toLowerCase().replaceAll(/[()]/g, "").replaceAll("\u2019", "'").replaceAll(/\s+/g, " ");
}
