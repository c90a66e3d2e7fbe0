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

/** Bundles kept for each entry. */
const KEEP = 48;

/**
 * Bundle a worker's entry into one file; its path. Node 20 cannot start a worker from TypeScript, and one file starts faster than
 * forty. The name hashes all that may go into the bundle, so an existing file is right and esbuild is not even loaded.
 */
export async function bundleWorker(options: BundleOptions): Promise<string> {
  const name = basename(options.entry, ".ts");
  const folder = cacheFolder(options.root);
  const unique = options.prelude === undefined ? "" : randomUUID();
  const file = join(folder, `${name}-${hashOfSources({ ...options, variant: `${options.variant ?? ""}${unique}` })}.mjs`);
  if (existsSync(file)) {
    touch(file);
    return file;
  }
  const { build } = await import("esbuild");
  const result = await build({
    entryPoints: [options.entry],
    outfile: file,
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
  // the map first: whoever finds the bundle finds its map, too
  for (const output of result.outputFiles.toSorted((a, b) => Number(b.path.endsWith(".map")) - Number(a.path.endsWith(".map")))) {
    const unfinished = `${output.path}.${randomUUID()}.tmp`;
    writeFileSync(unfinished, output.contents);
    renameSync(unfinished, output.path);
  }
  prune(folder, name);
  return file;
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

/** `.cache/workers` of the project, or a folder of this user's under the system's temporary one if the project is read-only. */
export function cacheFolder(root: string): string {
  const inProject = join(root, ".cache", "workers");
  try {
    mkdirSync(inProject, { recursive: true });
    accessSync(inProject, constants.W_OK);
    return inProject;
  } catch {
    const { uid } = userInfo();
    const inTemporary = join(tmpdir(), `shootdown-workers-${uid}`);
    mkdirSync(inTemporary, { recursive: true, mode: 0o700 });
    const stat = lstatSync(inTemporary); // code is loaded from here: nobody else may have put it there
    if (!stat.isDirectory() || (uid >= 0 && stat.uid !== uid)) throw new Error(`${inTemporary} belongs to somebody else`);
    return inTemporary;
  }
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

/** Remove all but the latest bundles of an entry. */
function prune(folder: string, name: string): void {
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
