import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COLUMNS = 130;
/** The formatter leaves comments and texts alone; these cannot be broken: a tagged text, a regular expression, a line of JSON. */
const UNBREAKABLE = /figures`|^\s*\/(?![*/]).*\/[,;]?$|= `\{.*\}`;$|^ \* \{.*\}$/;

function tooWide(text: string): string[] {
  return text.split("\n").filter((line) => line.length > COLUMNS && !UNBREAKABLE.test(line));
}

it("has no line of sources or tests that is too wide to be reviewed", () => {
  const files = ["src", "workers", "scripts", "test", "examples"].flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  const sources = files.filter((file) => file.endsWith(".ts"));
  expect(sources.flatMap((file) => tooWide(readFileSync(`${ROOT}${file}`, "utf8")).map((line) => `${file}: ${line}`))).toEqual(
    [],
  );
});

it("sees a line that is", () => {
  const words = "wide ".repeat(30);
  expect(tooWide(`const a = 1;\n// ${words}\n/** ${words}*/\nf("${words}");\n`)).toHaveLength(3);
  expect(tooWide(`  /^${words}$/,`)).toEqual([]);
});
