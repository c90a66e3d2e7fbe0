import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleWorker, cacheFolder } from "../../src/bundle/bundle.ts";

let root = "";
let entry = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "shootdown-bundle-test-"));
  mkdirSync(join(root, "src"));
  mkdirSync(join(root, "workers"));
  entry = join(root, "workers", "cpu.ts");
  writeFileSync(join(root, "src", "greeting.ts"), "export const greeting: string = 'hello';\n");
  writeFileSync(entry, "import { greeting } from '../src/greeting.ts';\nconsole.log(greeting);\n");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test("one file, its source map beside it, nothing unfinished left behind", async () => {
  const file = await bundleWorker({ entry, root });
  expect(readFileSync(file, "utf8")).toContain("hello");
  expect(existsSync(`${file}.map`)).toBe(true);
  expect(readdirSync(cacheFolder(root))).toHaveLength(2);
});

test("the same sources give the same file, which is not written again", async () => {
  const file = await bundleWorker({ entry, root });
  writeFileSync(file, "// as found");
  expect(await bundleWorker({ entry, root })).toBe(file);
  expect(readFileSync(file, "utf8")).toBe("// as found");
});

test("any changed source gives another file, even one that the entry does not import yet", async () => {
  const before = await bundleWorker({ entry, root });
  writeFileSync(join(root, "src", "other.ts"), "export {};\n");
  expect(await bundleWorker({ entry, root })).not.toBe(before);
});

test("a variant's plugins change its bundle and nobody else's", async () => {
  const plugins = [
    {
      name: "loud",
      setup(build: import("esbuild").PluginBuild) {
        build.onLoad({ filter: /greeting\.ts$/ }, () => ({ contents: "export const greeting = 'HELLO';" }));
      },
    },
  ];
  const loud = await bundleWorker({ entry, root, plugins, variant: "loud" });
  const plain = await bundleWorker({ entry, root });
  expect(readFileSync(loud, "utf8")).toContain("HELLO");
  expect(readFileSync(plain, "utf8")).toContain("hello");
});

test("bundling the same at the same time ends with one whole file", async () => {
  const files = await Promise.all([1, 2, 3].map(() => bundleWorker({ entry, root })));
  expect(new Set(files).size).toBe(1);
  expect(readdirSync(cacheFolder(root))).toHaveLength(2);
});

test("old bundles go, one in use stays", async () => {
  const first = await bundleWorker({ entry, root });
  for (let i = 0; i < 60; i++) {
    const old = join(cacheFolder(root), `cpu-${i.toString(16).padStart(16, "0")}.mjs`);
    writeFileSync(old, "");
    writeFileSync(`${old}.map`, "");
    utimesSync(old, i, i);
  }
  utimesSync(first, 1, 1);
  await bundleWorker({ entry, root }); // its use makes it young again
  expect(statSync(first).mtimeMs).toBeGreaterThan(1_000_000);
  writeFileSync(entry, "console.log('new');\n");
  await bundleWorker({ entry, root });
  expect(existsSync(first)).toBe(true);
  expect(readdirSync(cacheFolder(root))).toHaveLength(2 * 48);
});

test("a project that cannot be written to gets its bundles in the system's temporary folder", () => {
  writeFileSync(join(root, ".cache"), "a file where the folder would be");
  const folder = cacheFolder(root);
  expect(folder.startsWith(tmpdir())).toBe(true);
  expect(folder.startsWith(root)).toBe(false);
});
