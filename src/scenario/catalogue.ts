import type { Layout } from "../machine/layout.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { busyPage } from "./busy_page.ts";
import { exit } from "./exit.ts";
import { faultStorm } from "./fault_storm.ts";
import { forkCow } from "./fork_cow.ts";
import { manyNotifiers } from "./many_notifiers.ts";
import { mixed } from "./mixed.ts";
import { mprotectFlip } from "./mprotect_flip.ts";
import { munmapStorm } from "./munmap_storm.ts";
import { notifierChurn } from "./notifier_churn.ts";
import { onePage } from "./one_page.ts";
import { oom } from "./oom.ts";
import { overlap } from "./overlap.ts";
import { pageByPage } from "./page_by_page.ts";
import { processes } from "./processes.ts";
import { reclaim } from "./reclaim.ts";
import { sideBySide } from "./side_by_side.ts";
import type { Scenario } from "./stage.ts";
import { unrelated } from "./unrelated.ts";

/** What a scenario may be told about itself. */
export interface ScenarioOptions {
  /** Notifiers of `many-notifiers`. */
  readonly notifiers: number;
}

const BUILT_IN: Record<string, (layout: Layout, kernel: Kernel, options: ScenarioOptions) => Scenario> = {
  mixed: () => mixed,
  "munmap-storm": () => munmapStorm,
  "mprotect-flip": () => mprotectFlip,
  overlap: () => overlap,
  reclaim: () => reclaim,
  oom: () => oom,
  "fork-cow": () => forkCow,
  exit: () => exit,
  "notifier-churn": notifierChurn,
  "page-by-page": () => pageByPage,
  "one-page": () => onePage,
  "busy-page": () => busyPage,
  "side-by-side": () => sideBySide,
  processes: () => processes,
  "fault-storm": () => faultStorm,
  unrelated: unrelated,
  "many-notifiers": (layout, kernel, { notifiers }) => manyNotifiers(layout, kernel, notifiers),
};

const catalogue = new Map(Object.entries(BUILT_IN));

/** Names of the scenarios that are built in, the default first. */
export const SCENARIO_NAMES: readonly string[] = Object.keys(BUILT_IN);

/** Add a scenario of the user's; on each thread, before its machine is built. */
export function registerScenario(name: string, scenario: Scenario): void {
  catalogue.set(name, () => scenario);
}

/** The scenario of this name, with its own structures placed in `layout`. */
export function createScenario(name: string, layout: Layout, kernel: Kernel, options: ScenarioOptions): Scenario {
  const create = catalogue.get(name);
  if (create === undefined) throw new RangeError(`scenario: no such scenario: ${name}`);
  return create(layout, kernel, options);
}
