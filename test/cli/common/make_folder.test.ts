import { existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "../../../src/cli/common/make_folder.ts";

const folder = mkdtempSync(join(tmpdir(), "shootdown-"));

it("makes a folder and those that it is in, and leaves one alone that there is", () => {
  expect(makeFolder(join(folder, "a/b/c"))).toBeNull();
  expect(makeFolder(join(folder, "a/b/c"))).toBeNull();
  expect(statSync(join(folder, "a/b/c")).isDirectory()).toBe(true);
});

it("says why it cannot", () => {
  writeFileSync(join(folder, "file"), "");
  expect(makeFolder(join(folder, "file/b"))?.message).toMatch(
    /file\/b": the folder cannot be written, part of its path is not a folder \(ENOTDIR\)$/,
  );
});

it.runIf(existsSync("/proc/self"))("comes back from where nothing can be made", () => {
  expect(makeFolder("/proc/nobody/x")).toMatchObject({ file: "/proc/nobody/x", code: "ENOENT" });
});
