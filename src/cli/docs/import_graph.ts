import { build } from "esbuild";
import { readdirSync } from "node:fs";
import type { FloorPlan } from "../../report/floor_plan.ts";

/** From each file of src, as a path from the project's root, those of which it imports values. */
export async function importGraph(): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.d)\.ts$/.test(file));
  const { metafile } = await build({
    stdin: { contents: files.map((file) => `import "./src/${file}";`).join("\n"), resolveDir: process.cwd() },
    bundle: true,
    write: false,
    metafile: true,
    packages: "external",
    platform: "node",
    format: "esm",
    logLevel: "silent",
  });
  const sources = Object.entries(metafile.inputs).filter(([file]) => file.startsWith("src/"));
  return new Map(
    sources.map(([file, { imports }]) => [file, imports.map(({ path }) => path).filter((path) => path.startsWith("src/"))]),
  );
}

/** The rooms of src by folders: what stands in each, and whose values each one uses. */
export function floorPlanOf(graph: ReadonlyMap<string, readonly string[]>): FloorPlan {
  const files = [...graph.keys()].toSorted().filter((file) => file.split("/").length > 2);
  const rooms = [...new Set(files.map(roomOf))];
  return {
    rooms: rooms.map((name) => {
      const own = files.filter((file) => roomOf(file) === name);
      const used = new Set(own.flatMap((file) => graph.get(file)!.map(roomOf)).filter((room) => room !== name));
      return { name, inner: innerRooms(own), uses: rooms.filter((room) => used.has(room)) };
    }),
  };
}

function roomOf(file: string): string {
  return file.split("/")[1];
}

/** Folders within a room, those within them behind a colon. */
function innerRooms(files: readonly string[]): string[] {
  const inner = new Map<string, Set<string>>();
  for (const [, , folder, deeper, file] of files.map((path) => path.split("/"))) {
    if (deeper === undefined) continue;
    const within = inner.get(folder) ?? new Set();
    if (file !== undefined) within.add(deeper);
    inner.set(folder, within);
  }
  return [...inner].map(([folder, within]) => (within.size === 0 ? folder : `${folder}: ${[...within].join(", ")}`));
}
