import type { BuildOptions, Plugin } from "esbuild";
import { createHash, randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { basename, join } from "node:path";

export interface BundleOptions {
  /** Absolute path of the worker's entry. */
  readonly entry: string;
  /** Absolute path of the project. */
  readonly root: string;
  /** Changes to the sources on their way into the bundle. */
  readonly plugins?: readonly Plugin[];
  /** Names what the plugins do: bundles of different variants never stand for each other. */
  readonly variant?: string;
  /** TypeScript to run before the entry: it may import from outside of the project, so such a bundle is made anew each time. */
  readonly prelude?: string | undefined;
}

/** Ends the name of a file that is being written; nobody takes so long to write one. */
const UNFINISHED = ".tmp";
const ABANDONED_MS = 3_600_000;

/** Bundles kept for each entry. */
const KEEP = 48;

/**
 * Bundle a worker's entry into one file; its path. Node 20 cannot start a worker from TypeScript, and one file starts faster than
 * forty. The name hashes all that may go into the bundle, so an existing file is right and esbuild is not even loaded.
 */
export async function bundleWorker(options: BundleOptions): Promise<string> {
  const name = basename(options.entry, ".ts");
  const folders = cacheFolders(options.root);
  const unique = options.prelude === undefined ? "" : randomUUID();
  const bundle = `${name}-${hashOfSources({ ...options, variant: `${options.variant ?? ""}${unique}` })}.mjs`;
  const known = folders.map((folder) => join(folder, bundle)).find(isWhole);
  if (known !== undefined) {
    touch(known);
    return known;
  }
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [options.entry],
    outfile: bundle,
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "linked",
    sourcesContent: false, // every worker keeps the map in memory; the sources are beside it anyway
    ...runFirst(options),
    logLevel: "silent",
  });
  const [map, code] = result.outputFiles.toSorted((a, b) => Number(b.path.endsWith(".map")) - Number(a.path.endsWith(".map")));
  const folder = firstThatTakes(folders, (into) => {
    store(join(into, `${bundle}.map`), map.text); // first: whoever finds the bundle finds its map, too
    store(join(into, bundle), sealed(code.text));
  });
  prune(folder, name);
  return join(folder, bundle);
}

/** No folder takes a bundle. The message is one line. */
export class BundleWriteError extends Error {
  override readonly name = "BundleWriteError";
}

/** The first of the folders in which this can be written. @throws BundleWriteError if it can in none */
export function firstThatTakes(folders: readonly string[], write: (folder: string) => void): string {
  const reasons: string[] = [];
  for (const folder of folders) {
    try {
      write(folder);
      return folder;
    } catch (error) {
      reasons.push(`${folder}: ${error instanceof Error && "code" in error ? String(error.code) : String(error)}`);
    }
  }
  throw new BundleWriteError(`the program of the worker threads cannot be written anywhere: ${reasons.join("; ")}`);
}

/** All of it or nothing, under its own name. */
function store(file: string, text: string): void {
  const unfinished = `${file}.${randomUUID()}${UNFINISHED}`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

const SEAL = "\n//# sealed ";

/** With a last line that tells whether all of it is there. */
function sealed(code: string): string {
  return `${code}${SEAL}${createHash("sha256").update(code).digest("hex")}\n`;
}

/** Is there such a bundle, as it was written? */
function isWhole(file: string): boolean {
  if (!existsSync(file)) return false;
  const text = readFileSync(file, "utf8");
  return text === sealed(text.slice(0, Math.max(text.lastIndexOf(SEAL), 0)));
}

/** The build options for a prelude, beside those for plugins: it is injected, and the package's own name leads to its sources. */
function runFirst({ root, prelude, plugins = [] }: BundleOptions): Pick<BuildOptions, "plugins" | "inject" | "alias"> {
  if (prelude === undefined) return { plugins: [...plugins] };
  const virtual: Plugin = {
    name: "prelude",
    setup(build) {
      build.onResolve({ filter: /^shootdown-prelude$/ }, ({ path }) => ({ path, namespace: "prelude", sideEffects: true }));
      build.onLoad({ filter: /.*/, namespace: "prelude" }, () => ({ contents: prelude, loader: "ts", resolveDir: root }));
    },
  };
  return {
    plugins: [...plugins, virtual],
    inject: ["shootdown-prelude"],
    alias: {
      shootdown: join(root, "src", "index.ts"),
      "shootdown/explorer": join(root, "src", "executor", "explorer", "index.ts"),
    },
  };
}

/** Where bundles are kept: in the project, if it can be written to; else, or if it is full, in the system's temporary folder. */
export function cacheFolders(root: string): string[] {
  const inProject = join(root, ".cache", "workers");
  try {
    mkdirSync(inProject, { recursive: true });
    accessSync(inProject, constants.W_OK);
    return [inProject, ...temporaryFolder()];
  } catch {
    return temporaryFolder();
  }
}

/** Of this user. */
function temporaryFolder(): string[] {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `shootdown-workers-${uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return [];
  }
  const stat = lstatSync(folder); // code is loaded from here: nobody else may have put it there
  return stat.isDirectory() && (uid < 0 || stat.uid === uid) ? [folder] : [];
}

function hashOfSources(options: BundleOptions): string {
  const hash = createHash("sha256");
  const esbuildPackage = createRequire(import.meta.url).resolve("esbuild/package.json");
  hash.update(readFileSync(esbuildPackage)).update(options.variant ?? "");
  const lock = join(options.root, "package-lock.json"); // dependencies are bundled, too
  for (const path of [
    lock,
    options.entry,
    ...sourcesUnder(join(options.root, "src")),
    ...sourcesUnder(join(options.root, "workers")),
  ]) {
    if (existsSync(path)) hash.update(`\0${path}\0`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

function sourcesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .toSorted()
    .map((path) => join(folder, path));
}

/** Bundles in use are the young ones. */
function touch(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // another process has pruned it just now, or the folder is read-only: neither matters before the worker starts
  }
}

/** Remove all but the latest bundles of an entry, and what processes that were killed have left half-written. */
function prune(folder: string, name: string): void {
  const longAgoMs = Date.now() - ABANDONED_MS;
  for (const file of readdirSync(folder).filter((each) => each.endsWith(UNFINISHED))) {
    const path = join(folder, file);
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < longAgoMs) rmSync(path, { force: true });
  }
  const bundle = new RegExp(`^${name}-[0-9a-f]{16}\\.mjs$`);
  const bundles = readdirSync(folder)
    .filter((file) => bundle.test(file))
    .map((file) => ({ path: join(folder, file), mtimeMs: statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { path } of bundles.slice(KEEP)) {
    rmSync(path, { force: true });
    rmSync(`${path}.map`, { force: true });
  }
}
