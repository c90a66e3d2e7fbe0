import { readdirSync, readFileSync } from "node:fs";
import { Session, type Profiler } from "node:inspector";
import ts from "typescript";
import { citationsIn } from "../../rules/citation_grammar.ts";

/** Rooms whose functions are what rules are about. */
const ROOMS = ["kernel", "device", "driver"];

/** By `src/kernel/srcu.ts:synchronizeSrcu`, the rules that the function cites, in its body or above it. */
export function citingFunctions(): Map<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const room of ROOMS) {
    for (const name of readdirSync(`src/${room}`, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts")) continue;
      const file = `src/${room}/${name}`;
      const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
      const visit = (node: ts.Node): void => {
        if (ts.isFunctionLike(node) && "body" in node) {
          const key = `${file}:${nameOf(node)}`;
          found.set(key, new Set([...(found.get(key) ?? []), ...citationsIn(node.getFullText())]));
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
    }
  }
  return found;
}

/** As the engine calls it. */
function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  return ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent.name.getText() : "";
}

/** Which functions of the project have been called, in the form of {@link citingFunctions}. */
export class CalledFunctions {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  }

  /** Those that were called since this was asked last. */
  take(): Set<string> {
    let scripts: Profiler.ScriptCoverage[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    const called = new Set<string>();
    for (const { url, functions } of scripts) {
      const [file] = /src\/[^?]+\.ts/.exec(url) ?? [];
      if (file === undefined) continue;
      for (const { functionName, ranges } of functions)
        if (ranges[0].count > 0) called.add(`${file}:${functionName.split(".").at(-1)}`);
    }
    return called;
  }

  stop(): void {
    this.#session.disconnect();
  }
}
