import { fileURLToPath } from "node:url";
import { userModulesPrelude } from "./user_module.ts";
import type { Bug } from "../bugs/bug.ts";
import { plant } from "../bugs/plant.ts";
import { bundleWorker } from "./bundle.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Bundle all that a hunt needs into one file; its path.
 *
 * @param bug to be planted in it
 * @param modules drivers and scenarios of the user's: absolute paths; other names are ignored
 */
export function explorerBundle(bug: Bug | null, modules: readonly string[] = []): Promise<string> {
  const planted = bug === null ? {} : { plugins: [plant(bug, ROOT)], variant: JSON.stringify(bug) };
  return bundleWorker({ root: ROOT, entry: `${ROOT}workers/explore.ts`, prelude: userModulesPrelude(ROOT, modules), ...planted });
}
