import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

const REQUIRED = ["Summary", "Origin", "Breaks", "Driver", "Play"] as const;
const OPTIONAL = ["Scenario", "TLBs", "Faults"] as const;
type Key = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

/**
 * A bug from its file: lines `Key: text`, continued where a line begins with a space; an empty line; the diff.
 *
 * @throws Error that names the file's bug and what is wrong with its head
 */
export function readBug(name: string, text: string): Bug {
  const end = text.indexOf("\n\n");
  const head = headOf(name, text.slice(0, end));
  const { Scenario: scenario = null, TLBs: tlbDomains, Faults: faults } = head;
  if (tlbDomains !== undefined && tlbDomains !== "2") throw new Error(`bug ${name}: TLBs: ${tlbDomains} is not 2`);
  return {
    name,
    summary: head.Summary!,
    origin: head.Origin!,
    patch: text.slice(end + 2),
    breaks: head.Breaks!.split(", ").flatMap((consequence) => (consequence === "stale-page" ? STALE_PAGE : [consequence])),
    driver: head.Driver!,
    scenario,
    play: head.Play!,
    ...(tlbDomains === undefined ? {} : { tlbDomains: 2 as const }),
    ...(faults === undefined ? {} : { faults: faultsOf(name, faults) }),
  };
}

function headOf(name: string, text: string): Partial<Record<Key, string>> {
  const head: Partial<Record<Key, string>> = {};
  for (const line of text.replaceAll(/\n +/g, " ").split("\n")) {
    const [, key, value] = /^([A-Za-z]+): (.+)$/.exec(line) ?? [];
    if (![...REQUIRED, ...OPTIONAL].includes(key as Key)) throw new Error(`bug ${name}: "${line}" is no line of its head`);
    if (head[key as Key] !== undefined) throw new Error(`bug ${name}: two lines ${key}`);
    head[key as Key] = value;
  }
  for (const key of REQUIRED) if (head[key] === undefined) throw new Error(`bug ${name}: no line ${key}`);
  return head;
}

/** `lostAnswerPercent 50, spuriousPercent 5` */
function faultsOf(name: string, text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    text.split(", ").map((fault) => {
      const [, what, percent] = /^([a-zA-Z]+Percent) (\d+)$/.exec(fault) ?? [];
      if (what === undefined) throw new Error(`bug ${name}: Faults: "${fault}" is not NAMEPercent NUMBER`);
      return [what, Number(percent)];
    }),
  );
}
