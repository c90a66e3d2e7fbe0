import type { ExplainedFinding, Explanation, Finding, Odds, Story, StoryEvent } from "../hunt/explain/finding.ts";
import { isAbsolute, relative } from "node:path";
import { quoteCommand, wrapCommand } from "./command_line.ts";
import { Lanes } from "./lanes.ts";
import { count, plural } from "./numbers.ts";
import { plain, type Paint } from "./paint.ts";
import { ruleTitle, withTitle } from "./rule_text.ts";
import { clean, reportWidth, shorten, wrap } from "./text.ts";

/**
 * A failure as a person reads it: what is wrong, how it came to it, why it had to, and how to see it again. Ends in a newline.
 */
export function renderFinding(finding: ExplainedFinding, paint: Paint = plain): string {
  const { where, explanation } = finding;
  const numbers = numbersOf(explanation);
  const lines = [
    ...titleLines(finding, numbers, paint),
    "",
    ...originLines(finding),
    "",
    ...storyLines(explanation.story, numbers, paint),
    "",
    ...orderLines(explanation, numbers, paint),
    ...oddsLines(explanation, numbers, paint),
    paint("aside", "replay:"),
    ...wrapCommand(
      clean(quoteCommand(["npx", "tsx", "scripts/replay.ts", ...modulesOf(where), explanation.token])),
      "  ",
      "    ",
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** The user's own modules, which a token alone does not make anybody load. */
function modulesOf({ machine: { driver, play } }: Finding["where"]): string[] {
  const named = [
    ["--driver", driver],
    ["--scenario", play],
  ];
  return named.flatMap(([option, name]) => (isAbsolute(name) ? [option, relative(process.cwd(), name)] : []));
}

/** Has it come to the last stage? */
export function isExplained(finding: Finding): finding is ExplainedFinding {
  return finding.explanation !== null;
}

/** Of these the details are the events that the story tells better. */
const TOLD_BY_STORY = new Set(["violation", "leak"]);

/**
 * With the rule that was broken: `violation of I4: A notifier's number is always odd`, `deadlock (rule: Somebody can always go
 * on)`.
 */
export function titleOf({ kind, rule }: Pick<Finding["failure"], "kind" | "rule">): string {
  if (kind === "violation") return `violation of ${withTitle(rule)}`;
  const title = ruleTitle(rule);
  return `${rule.startsWith(kind) ? rule : `${kind}: ${rule}`}${title === null ? "" : ` (rule: ${title})`}`;
}

function titleLines(
  { failure, explanation: { story } }: ExplainedFinding,
  numbers: ReadonlyMap<StoryEvent, number>,
  paint: Paint,
): string[] {
  const [title, ...rest] = wrap(titleOf(failure), "FAIL  ", "      ");
  const details = TOLD_BY_STORY.has(failure.kind) ? [] : failure.details.map((detail) => withEvents(detail, story, numbers));
  return [
    paint("bad", title),
    ...rest,
    ...wrap(failure.message, "  "),
    ...details.flatMap((detail) => wrap(detail, "    ", "        ")),
  ];
}

/** `in step 211` is `in event 27`. */
function withEvents(text: string, story: Story, numbers: ReadonlyMap<StoryEvent, number>): string {
  return text.replaceAll(/\bstep (\d+)\b/g, (words, step) => {
    const event = eventAt(story, Number(step));
    const number = event === null ? undefined : numbers.get(event);
    return number === undefined ? words : `event ${number}`;
  });
}

function originLines({ where: { strategy, index, steps }, explanation }: ExplainedFinding): string[] {
  const { setting, minimised, reproduced, pattern } = explanation;
  const found = `${strategy}, schedule ${count(index + 1)}, ${plural(steps, "step")}`;
  const small = `${plural(minimised.steps, "step")}, ${plural(minimised.switches, "switch", "switches")}`;
  return [
    ...labelled("machine", setting),
    ...labelled("found by", `${found}; minimised to ${small}`),
    ...labelled("reproduced", `${reproduced.failed}/${reproduced.times}`),
    ...(pattern === null ? [] : labelled("pattern", `${pattern.name}: ${pattern.meaning}`)),
  ];
}

function labelled(label: string, text: string): string[] {
  return wrap(text, `  ${label.padEnd(12)}`, " ".repeat(14));
}

/** The number of each event that has one: of those that tell something, and those that the failure depends on. */
function numbersOf({ story, orders }: Explanation): Map<StoryEvent, number> {
  const needed = new Set(orders.flatMap(({ before, after }) => [before, after]));
  const numbers = new Map<StoryEvent, number>();
  for (const event of story.events) {
    const isNeeded = [...needed].some((step) => step >= event.first && step <= event.last);
    if (!event.isAside || event.isWrong || isNeeded) numbers.set(event, numbers.size + 1);
  }
  return numbers;
}

function storyLines(story: Story, numbers: ReadonlyMap<StoryEvent, number>, paint: Paint): string[] {
  const lanes = new Lanes(story.columns);
  return [
    ...(lanes.header() === "" ? [] : [paint("title", lanes.header())]),
    ...story.events.flatMap((event) => {
      const number = numbers.get(event);
      return lanes.rows(
        event.column,
        {
          number: number === undefined ? "" : String(number),
          mark: event.isWrong ? "X" : number === undefined ? ":" : "*",
          text: textOf(event, story),
          details: event.details,
          tone: event.isWrong ? "bad" : number === undefined ? "aside" : null,
        },
        paint,
      );
    }),
  ];
}

/** What happened, with the task's name where its processor has several. */
function textOf({ task, column, text, times }: StoryEvent, story: Story): string {
  const processor = story.columns[column];
  const who = task.startsWith(`${processor}.`) ? `${task.slice(processor.length + 1)}: ` : "";
  return who + text + (times > 1 ? `  (${count(times)} times)` : "");
}

/** Columns in front of the text of an order, and as many left free behind it. */
const ORDER_INDENT = 14;

function orderLines({ orders, depth, story }: Explanation, numbers: ReadonlyMap<StoryEvent, number>, paint: Paint): string[] {
  if (orders.length === 0) return [];
  const title = `necessary orders (flip one, and it passes)${depth === null ? "" : `: the bug has depth ${depth}`}`;
  return [
    ...wrap(title).map((line) => paint("title", line)),
    ...orders.flatMap(({ before, after, heldBack }) => {
      const [first, second] = [before, after].map((step) => eventAt(story, step));
      if (first === null || (second === null && heldBack === undefined)) return [];
      const pair = `  ${numbers.get(first)} < ${second === null ? "end" : numbers.get(second)}`.padEnd(11);
      const later =
        second === null ? `${heldBack!.task}, which has not come to ${heldBack!.operation}` : `${second.task}: ${second.text}`;
      const room = reportWidth() - ORDER_INDENT;
      return [`${pair} ${shorten(`${first.task}: ${first.text}`, room)}`, `    before  ${shorten(later, room)}`];
    }),
    "",
  ];
}

/** Where the probability of the failure changes, event by event. */
function oddsLines({ odds, story }: Explanation, numbers: ReadonlyMap<StoryEvent, number>, paint: Paint): string[] {
  const points = changes(odds, numbers);
  if (points.length === 0) return [];
  const title = paint("title", "P(fails | up to this event), if chance goes on from there");
  if (points.every(({ share }) => share === points[0].share))
    return [title, `  ${points[0].share.toFixed(2)} from the first event on`, ""];
  const jump = odds.jumpAt === null ? null : eventAt(story, odds.jumpAt);
  const curve = points
    .map(({ event, share }) => `${numbers.get(event)}: ${share.toFixed(2)}${event === jump ? " <- jump" : ""}`)
    .join("   ");
  return [title, ...wrap(curve, "  "), ""];
}

interface Point {
  readonly event: StoryEvent;
  readonly share: number;
}

/** Of each run of events with the same probability the first, and the last of all. */
function changes({ probability, jumpAt }: Odds, numbers: ReadonlyMap<StoryEvent, number>): Point[] {
  const points: Point[] = [];
  const events = [...numbers.keys()];
  for (const event of events) {
    const share = probability[event.last];
    if (share === undefined) continue;
    const isJump = jumpAt !== null && event.first <= jumpAt && jumpAt <= event.last;
    const last = points.at(-1);
    if (last === undefined || isJump || Math.abs(share - last.share) >= 0.02 || event === events.at(-1))
      points.push({ event, share });
  }
  return points;
}

function eventAt(story: Story, step: number): StoryEvent | null {
  return story.events.find(({ first, last }) => step >= first && step <= last) ?? null;
}
