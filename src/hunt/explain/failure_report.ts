import { basename } from "node:path";
import { signatureOf, type Failure } from "../../executor/explorer/engine/failure.ts";
import type { Strategy } from "../../executor/explorer/engine/strategy.ts";
import { quoteCommand } from "../../report/command_line.ts";
import type { FailureReport, NecessaryOrder, Odds, Story } from "../../report/story.ts";
import type { HuntConfig } from "../machine/config.ts";
import { patternOf, type TaskOrder } from "./pattern.ts";
import { tellStory } from "./story.ts";
import { HuntSubject } from "../machine/subject.ts";

/** What came out about a failure. Steps are numbered from 1. */
export interface Explanation {
  /** Of the smallest machine that fails. */
  readonly config: HuntConfig;
  readonly bug: string | null;
  /** As the smallest execution shows it. */
  readonly failure: Failure;
  /** Who found it, in which execution, from 0, and how many steps that had. */
  readonly strategy: string;
  readonly schedule: number;
  readonly steps: number;
  readonly minimized: { readonly steps: number; readonly switches: number };
  readonly reproduced: { readonly failed: number; readonly times: number };
  readonly orders: readonly NecessaryOrder[];
  readonly depth: number | null;
  readonly odds: Odds;
  readonly token: string;
}

/** The whole report of a failure. @param replay lets the smallest execution happen again */
export function failureReport(explanation: Explanation, replay: Strategy): FailureReport {
  const { config, bug, failure, minimized, orders, odds, token } = explanation;
  const steps = [
    ...orders.flatMap(({ before, after }) => [before, after]),
    ...stepsNamedIn(failure.details),
    ...(odds.jumpAt === null ? [] : [odds.jumpAt]),
  ];
  const { story, failure: told } = tellStory(new HuntSubject(config), {
    replay,
    steps: minimized.steps,
    kind: failure.kind,
    needed: new Set(steps),
  });
  const { strategy, schedule, reproduced, depth } = explanation;
  return {
    failure: told !== null && signatureOf(told) === signatureOf(failure) ? told : failure,
    strategy,
    schedule,
    steps: explanation.steps,
    minimized,
    reproduced,
    orders,
    depth,
    odds,
    token,
    story,
    pattern: patternOf(
      failure.kind,
      orders.map((order) => taskOrder(story, order)),
      odds.probability[0] ?? 0,
    ),
    setting: settingOf(config, bug),
    command: quoteCommand(["npx", "tsx", "scripts/replay.ts", token]),
  };
}

/** Sanitizers say `in step 211`. */
function stepsNamedIn(details: readonly string[]): number[] {
  return details.flatMap((detail) => [...detail.matchAll(/\bstep (\d+)\b/g)].map(([, step]) => Number(step)));
}

function taskOrder({ events }: Story, { before, after, heldBack }: NecessaryOrder): TaskOrder {
  const at = (step: number) => ({ step, task: events.find(({ first, last }) => step >= first && step <= last)?.task ?? "" });
  return { before: at(before), after: heldBack === undefined ? at(after) : { step: after, task: heldBack.task } };
}

function settingOf({ driver, scenario, gpus, cpus }: HuntConfig, bug: string | null): string {
  const planted = bug === null ? "" : ` with bug ${bug}`;
  return `${basename(driver)}${planted} in ${basename(scenario)}, ${gpus} GPU${gpus === 1 ? "" : "s"}, ${cpus} CPU${cpus === 1 ? "" : "s"}`;
}
