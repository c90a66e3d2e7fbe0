import { join } from "node:path";
import type { Finding } from "../../hunt/explain/finding.ts";
import { renderFindingJson, type HuntResult } from "../../report/hunt_result.ts";
import { isExplained, renderFinding } from "../../report/story_block.ts";
import { writeReport } from "../../report/write.ts";
import { makeFolder } from "../common/make_folder.ts";

/**
 * Write token, report and JSON of each failure into a folder, which is made if there is none. What cannot be written goes to
 * `fallback`; false if there was such a thing.
 */
export function saveFailures(folder: string, { findings }: HuntResult, fallback: { write(text: string): unknown }): boolean {
  if (findings.length > 0) makeFolder(folder); // writing into it says why it cannot be
  const written = findings.flatMap((finding) =>
    contents(finding).map(
      ([extension, text]) => writeReport(join(folder, `${nameOf(finding)}.${extension}`), text, fallback) === null,
    ),
  );
  return !written.includes(false);
}

function contents(finding: Finding): [extension: string, text: string][] {
  const json: [string, string] = ["json", renderFindingJson(finding)];
  return isExplained(finding) ? [["token", `${finding.explanation.token}\n`], ["txt", renderFinding(finding)], json] : [json];
}

/** As a file: `two-pass_unmap_stale-access`. */
function nameOf({ where: { machine }, failure }: Finding): string {
  return [machine.driver, machine.play, failure.rule].map((part) => part.replaceAll(/[^\w-]+/g, "-").slice(-40)).join("_");
}
