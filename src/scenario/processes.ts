import { busyPage, takeBusyPageAway } from "./busy_page.ts";
import type { Scenario } from "./stage.ts";

/**
 * As busy-page, but on every CPU, each in a process of its own with GPUs of its own: what they wait for each other for is nothing
 * of theirs, but what a driver keeps for all (RULES 75).
 */
export const processes: Scenario = {
  ...busyPage,
  name: "processes",
  summary: "every CPU has a process and GPUs of its own, and takes a page away that they work with",
  hasProcessPerCpu: true,
  operation: takeBusyPageAway,
};
