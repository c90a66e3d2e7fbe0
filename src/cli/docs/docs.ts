import type { Command } from "commander";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { DEFAULT_CONFIG } from "../../boot/config.ts";
import { World } from "../../boot/world.ts";
import { DESIGNS } from "../../driver/catalogue.ts";
import { KNOWN_FINDINGS } from "../../driver/findings.ts";
import { renderDesignTable, renderFindingTable, renderSummaryTable } from "../../report/catalogue_tables.ts";
import { renderFloorPlan } from "../../report/floor_plan.ts";
import { renderRulePage } from "../../rules/page.ts";
import { SCENARIO_NAMES } from "../../scenario/catalogue.ts";
import { PLAY_NAMES, playOf } from "../../scenario/play/catalogue.ts";
import type { Scenario } from "../../scenario/stage.ts";
import { EXIT_CLEAN, EXIT_VIOLATION } from "../common/exit_codes.ts";
import { PageError, pageWithRegions, type GeneratedPage } from "./generated_page.ts";
import { floorPlanOf, importGraph } from "./import_graph.ts";
import { runCommand } from "../common/run_command.ts";
import { commandNamed } from "../common/command.ts";

/** All pages that are made from the sources, in whole or in part. */
const PAGES: readonly GeneratedPage[] = [
  { path: "docs/rules.md", render: renderRulePage },
  { path: "docs/floors.svg", render: async () => renderFloorPlan(floorPlanOf(await importGraph())) },
  pageWithRegions("docs/drivers.md", { designs: () => renderDesignTable(DESIGNS, KNOWN_FINDINGS, "findings/") }),
  pageWithRegions("docs/findings/README.md", { findings: () => renderFindingTable(KNOWN_FINDINGS, DESIGNS) }),
  pageWithRegions("docs/scenarios.md", {
    scenarios: () => renderSummaryTable("`stress.ts --scenario`", SCENARIO_NAMES.map(scenarioNamed)),
    plays: () => renderSummaryTable("`hunt.ts --scenario`", PLAY_NAMES.map(playOf)),
  }),
];

/** As a machine has it. */
function scenarioNamed(name: string): Scenario {
  return new World({ ...DEFAULT_CONFIG, scenario: name }).scenario;
}

/** `npm run docs [-- --check]`: make the generated pages of docs/ again, or say which are stale. Returns the exit code. */
export function docsMain(argv: readonly string[], pages: readonly GeneratedPage[] = PAGES): Promise<number> {
  return runCommand([PageError], async () => {
    const { check } = command().parse([...argv]).opts<{ check?: boolean }>();
    let isStale = false;
    for (const { path, render } of pages) {
      const before = existsSync(path) ? readFileSync(path, "utf8") : "";
      const after = await render(before);
      if (after === before) continue;
      isStale = true;
      if (check === true) process.stdout.write(`${path} is stale: make it again with "npm run docs"\n`);
      else writeFileSync(path, after);
    }
    return check === true && isStale ? EXIT_VIOLATION : EXIT_CLEAN;
  });
}

function command(): Command {
  return commandNamed("docs.ts", "Make the pages of docs/ that are generated from the sources, in whole or in part.")
    .option("--check", "write nothing; name the pages that are stale, and exit with 1 if there are any");
}
