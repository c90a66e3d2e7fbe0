import { transformSync } from "esbuild";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { applied, type Mutant } from "./mutant.ts";

/** Words are what they are: a test that holds each of them would be a copy of it. */
const EXCLUDED = ["StringLiteral", "Regex"];

const silent = () => undefined;
const LOGGER = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
};

/** All mutants of a file, Stryker's; those that make the same program are left out, and those of types make no other. */
export async function mutantsOf(file: string, text: string): Promise<Mutant[]> {
  const { mutants } = await new Instrumenter(LOGGER).instrument([{ name: file, mutate: true, content: text }], {
    plugins: [],
    excludedMutations: EXCLUDED,
    ignorers: [],
    noHeader: true,
  });
  const lines = lineStarts(text);
  const program = minified(text);
  return mutants
    .filter(({ status }) => status !== "Ignored") // excluded ones are named all the same
    .map(({ location: { start, end }, replacement, mutatorName }) => {
      const [from, to] = [lines[start.line] + start.column, lines[end.line] + end.column];
      return {
        file,
        line: start.line + 1,
        start: from,
        end: to,
        original: text.slice(from, to),
        replacement: replacement!,
        mutator: mutatorName,
      };
    })
    .filter((mutant) => minified(applied(text, mutant)) !== program);
}

/** What is left of a text if it does not matter how it is written; the text itself if it is none of the language. */
function minified(text: string): string {
  try {
    return transformSync(text, { loader: "ts", minify: true, target: "node20" }).code;
  } catch {
    return text;
  }
}

/** Where each line begins, by its number from 0. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
