import { InvalidArgumentError, Option } from "commander";
import { RULES_OF_ONE_THREAD, WATCHED_RULES } from "../../check/rules.ts";
import { FAILURE_KINDS } from "../../executor/explorer/engine/failure.ts";
import { paintFor } from "../../report/paint.ts";
import { renderRule } from "../../report/rule_block.ts";
import { findRule, RULES, type RuleId } from "../../rules/catalogue.ts";
import type { Rule } from "../../rules/rule.ts";
import { EXIT_CLEAN } from "./exit_codes.ts";

/** The option of the commands that report broken rules. */
export function explainOption(): Option {
  return new Option("--explain <rule>", "say what a rule is that a report names, and nothing else").argParser(ruleNamed);
}

/** What a command does that was asked to explain a rule. Returns the exit code. */
export function explain(rule: Rule): number {
  process.stdout.write(renderRule(rule, watchOf(rule), paintFor(process.stdout)));
  return EXIT_CLEAN;
}

/** However a person spells it. @throws InvalidArgumentError that names similar ones */
function ruleNamed(text: string): Rule {
  const rule = findRule(text);
  if (rule !== undefined) return rule;
  throw new InvalidArgumentError(`Allowed: the rules of docs/rules.md, such as ${similarTo(text).join(", ")}.`);
}

const BY_EXPLORER: readonly RuleId[] = FAILURE_KINDS;
const BY_ORACLES: readonly RuleId[] = WATCHED_RULES;
const IN_ONE_THREAD: readonly RuleId[] = RULES_OF_ONE_THREAD;
/** Endings that somebody else than an oracle or the explorer sees. */
const ENDINGS: Partial<Record<RuleId, string>> = {
  hang: "on threads only (stress)",
  stuck: "in one thread only, where seeded bugs are tested",
};

/** Who reports that it was broken. */
function watchOf({ id }: Rule): string {
  const direct = placesOf(id);
  if (direct !== null) return direct;
  const names = RULES.filter((rule) => placesOf(rule.id) !== null && rule.source.split(/[;,] /).includes(id));
  if (names.length === 0) return "nobody reports it under this name";
  return names.map((rule) => `as ${rule.id}, ${placesOf(rule.id)}`).join("; ");
}

function placesOf(id: string): string | null {
  const isOneOf = (ids: readonly string[]) => ids.includes(id);
  if (isOneOf(BY_ORACLES)) return "by oracles, on threads (stress) and in one thread (hunt, compare)";
  if (isOneOf(IN_ONE_THREAD)) return "by oracles, in one thread only (hunt)";
  if (isOneOf(BY_EXPLORER)) return "by the explorer, in one thread only (hunt)";
  return ENDINGS[id as RuleId] ?? null;
}

const MOST_SIMILAR = 4;

/** The names nearest to what was typed: a number alone may be that of any book. */
function similarTo(text: string): string[] {
  const typed = text.trim().toLowerCase();
  const farness = (id: string) => {
    if (id.split(" ").at(-1) === typed) return 0;
    return typed.length > 1 && id.startsWith(typed) ? 1 : distance(typed, id);
  };
  return RULES.map(({ id }) => ({ id, far: farness(id.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, MOST_SIMILAR)
    .map(({ id }) => id);
}

/** Letters to insert, delete or replace to make one of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++)
      next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (one[i] === other[j] ? 0 : 1)));
    row = next;
  }
  return row[other.length];
}
