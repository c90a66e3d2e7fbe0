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
import { BundleWriteError, bundleWorker, cacheFolders, firstThatTakes } from "../../src/bundle/bundle.ts";

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
  expect(readdirSync(cacheFolders(root)[0])).toHaveLength(2);
});

test("the same sources give the same file, which is not written again", async () => {
  const file = await bundleWorker({ entry, root });
  const { ino } = statSync(file);
  expect(await bundleWorker({ entry, root })).toBe(file);
  expect(statSync(file).ino).toBe(ino);
});

test.each([
  ["cut", (text: string) => text.slice(0, text.length / 2)],
  ["empty", () => ""],
  ["damaged", (text: string) => text.replace("hello", "hullo")],
])("a bundle that is %s is made again", async (_how, damage) => {
  const file = await bundleWorker({ entry, root });
  const whole = readFileSync(file, "utf8");
  writeFileSync(file, damage(whole));
  expect(await bundleWorker({ entry, root })).toBe(file);
  expect(readFileSync(file, "utf8")).toBe(whole);
});

test("where a folder is full the next one is taken, and if there is none a line says so", () => {
  const full = (folder: string) => {
    if (folder.startsWith("full")) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
  };
  expect(firstThatTakes(["full", "free"], full)).toBe("free");
  expect(() => firstThatTakes(["full", "full too"], full)).toThrow(
    new BundleWriteError("the program of the worker threads cannot be written anywhere: full: ENOSPC; full too: ENOSPC"),
  );
});

test("what a killed process has left half-written goes in the end, what is being written stays", async () => {
  const [folder] = cacheFolders(root);
  const [left, young] = ["left", "young"].map((name) => join(folder, `cpu-${name}.mjs.tmp`));
  for (const file of [left, young]) writeFileSync(file, "half");
  utimesSync(left, 1, 1);
  await bundleWorker({ entry, root });
  expect([left, young].map((file) => existsSync(file))).toEqual([false, true]);
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
  expect(readdirSync(cacheFolders(root)[0])).toHaveLength(2);
});

test("old bundles go, one in use stays", async () => {
  const first = await bundleWorker({ entry, root });
  for (let i = 0; i < 60; i++) {
    const old = join(cacheFolders(root)[0], `cpu-${i.toString(16).padStart(16, "0")}.mjs`);
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
  expect(readdirSync(cacheFolders(root)[0])).toHaveLength(2 * 48);
});

test("a project that cannot be written to gets its bundles in the system's temporary folder", () => {
  writeFileSync(join(root, ".cache"), "a file where the folder would be");
  const folder = cacheFolders(root)[0];
  expect(folder.startsWith(tmpdir())).toBe(true);
  expect(folder.startsWith(root)).toBe(false);
});
