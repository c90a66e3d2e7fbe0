import { findRule } from "../rules/catalogue.ts";

/** A rule in one line; null of what is none, such as the name of an error. */
export function ruleTitle(rule: string): string | null {
  return findRule(rule)?.title ?? null;
}

/** `I17: A commit's number is the notifier's, and not in progress`. */
export function withTitle(rule: string): string {
  const title = ruleTitle(rule);
  return title === null ? rule : `${rule}: ${title}`;
}

/** Where to read more of the first of these that is a rule: one line, or none. */
export function explainLines(rules: readonly string[]): string[] {
  const [rule] = rules.flatMap((name) => findRule(name) ?? []);
  return rule === undefined ? [] : [`--explain ${rule.id.includes(" ") ? `'${rule.id}'` : rule.id} says what the rule is`];
}
