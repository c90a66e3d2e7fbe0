import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { registerDesign } from "../driver/catalogue.ts";
import type { DriverFactory, OwnDesign } from "../driver/design.ts";
import type { NotifierPasses } from "../kernel/mmu_notifier/passes.ts";
import { registerScenario } from "../scenario/catalogue.ts";
import { registerPlay } from "../scenario/play/catalogue.ts";
import type { Play } from "../scenario/play/play.ts";
import type { Scenario } from "../scenario/stage.ts";

/** What a module of the user's (`--driver ./mine.ts`, `--scenario ./mine.ts`) exports: what it is asked for, or both. */
export interface UserModule {
  readonly driver?: DriverFactory;
  /** The notifier core that the driver is written for; none: any will do, and what is merged is taken. */
  readonly passes?: NotifierPasses;
  /** Instead of these two: the driver with all that there is to say of it. */
  readonly design?: OwnDesign;
  readonly scenario?: Scenario;
  /** A scenario of hunts. */
  readonly play?: Play;
}

/** What a module is asked for. */
type Kind = "driver" | "scenario" | "play";

/** A module of the user's cannot be used; the message is one line that says which, and why. */
export class UserModuleError extends Error {
  override readonly name = "UserModuleError";
}

/** Is this option value a file rather than the name of something built in? */
export function isUserModule(value: string): boolean {
  return value.includes("/") || /\.[cm]?[jt]s$/.test(value);
}

/**
 * Import a module on this thread, so that its driver or scenario can be had under the module's absolute path.
 *
 * @returns the absolute path
 * @throws UserModuleError
 */
export async function loadUserModule(kind: Kind, file: string): Promise<string> {
  const path = resolve(file);
  const { option } = EXPORTS[kind];
  if (!existsSync(path)) throw new UserModuleError(`--${option} ${file}: no such file`);
  let module: UserModule;
  try {
    module = (await import(pathToFileURL(path).href)) as UserModule;
  } catch (error) {
    throw new UserModuleError(`--${option} ${file}: ${reasonOf(error)}`, { cause: error });
  }
  checkExport(kind, file, module);
  registerUserModule(path, module);
  return path;
}

/** What an option names, ready to be used: something built in as it is, a module of the user's imported, by its absolute path. */
export async function loadNamed(kind: Kind, name: string): Promise<string> {
  return isUserModule(name) ? await loadUserModule(kind, name) : name;
}

/** Make what a module exports known under its path. */
export function registerUserModule(path: string, module: UserModule): void {
  const design = designIn(module);
  if (design !== undefined) registerDesign(path, design);
  if (module.scenario !== undefined) registerScenario(path, module.scenario);
  if (module.play !== undefined) registerPlay(path, module.play);
}

/** The design that a module exports, whole or as a function and the core that it is written for. */
function designIn({ driver, passes, design }: UserModule): OwnDesign | undefined {
  if (driver === undefined) return design;
  return { create: driver, ...(passes === undefined ? {} : { core: passes }) };
}

/** Source text that registers these modules in a bundle, before its entry runs; undefined if there are none. */
export function userModulesPrelude(root: string, names: readonly string[]): string | undefined {
  const paths = [...new Set(names.filter(isUserModule))];
  if (paths.length === 0) return undefined;
  const imports = paths.map((path, i) => `import * as module${i} from ${JSON.stringify(path)};`);
  const calls = paths.map((path, i) => `registerUserModule(${JSON.stringify(path)}, module${i});`);
  return [`import { registerUserModule } from ${JSON.stringify(`${root}src/bundle/user_module.ts`)};`, ...imports, ...calls].join(
    "\n",
  );
}

interface Export {
  /** Of the command line. */
  readonly option: string;
  /** What a module must export for it. */
  readonly wanted: string;
  isRight(module: UserModule): boolean;
}

const EXPORTS: Readonly<Record<Kind, Export>> = {
  driver: {
    option: "driver",
    wanted:
      "a function `driver(options, layout, kernel, gpus)`, and as `passes`, if anything, a notifier core, or a record `design`",
    isRight: (module) => {
      const { create, core } = designIn(module) ?? {};
      return typeof create === "function" && (core === undefined || typeof core.invalidate === "function");
    },
  },
  scenario: {
    option: "scenario",
    wanted: "an object `scenario`, with populate and operation",
    isRight: ({ scenario }) => typeof (scenario as Partial<Scenario> | undefined)?.operation === "function",
  },
  play: {
    option: "scenario",
    wanted: "an object `play`, with populate, script and accesses",
    isRight: ({ play }) => typeof (play as Partial<Play> | undefined)?.script === "function",
  },
};

function checkExport(kind: Kind, file: string, module: UserModule): void {
  const { option, wanted, isRight } = EXPORTS[kind];
  if (!isRight(module))
    throw new UserModuleError(
      `--${option} ${file}: exports ${Object.keys(module).join(", ") || "nothing"}; it must export ${wanted}`,
    );
}

/** The line of a message that says what is wrong: of a compiler's, the one after its headline. */
function reasonOf(error: unknown): string {
  const [headline, detail = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return headline.endsWith(":") ? detail : headline;
}
