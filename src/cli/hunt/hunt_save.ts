import { join } from "node:path";
import { renderHuntFailureJson, type HuntFailureResult, type HuntResult } from "../../report/hunt_result.ts";
import { renderFailure } from "../../report/story_block.ts";
import { writeReport } from "../../report/write.ts";
import { makeFolder } from "../common/make_folder.ts";

/**
 * Write token, report and JSON of each failure into a folder, which is made if there is none. What cannot be written goes to
 * `fallback`; false if there was such a thing.
 */
export function saveFailures(folder: string, { failures }: HuntResult, fallback: { write(text: string): unknown }): boolean {
  if (failures.length > 0) makeFolder(folder); // writing into it says why it cannot be
  const written = failures.flatMap((failure) =>
    contents(failure).map(
      ([extension, text]) => writeReport(join(folder, `${nameOf(failure)}.${extension}`), text, fallback) === null,
    ),
  );
  return !written.includes(false);
}

function contents(failure: HuntFailureResult): [extension: string, text: string][] {
  const json: [string, string] = ["json", renderHuntFailureJson(failure)];
  return failure.report === null
    ? [json]
    : [["token", `${failure.report.token}\n`], ["txt", renderFailure(failure.report)], json];
}

/** As a file: `two-pass_unmap_stale-access`. */
function nameOf({ driver, scenario, rule }: HuntFailureResult): string {
  return [driver, scenario, rule].map((part) => part.replaceAll(/[^\w-]+/g, "-").slice(-40)).join("_");
}
