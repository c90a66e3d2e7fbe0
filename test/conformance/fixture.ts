import { fileURLToPath } from "node:url";
import { readTraces } from "../../src/conformance/reader.ts";
import type { Trace } from "../../src/conformance/trace.ts";

/** All 2,782 traces recorded from the real kernel code. */
export const TRACES_FILE = fileURLToPath(new URL("../fixtures/conformance/traces.jsonl.gz", import.meta.url));

export function allTraces(): Trace[] {
  return [...readTraces(TRACES_FILE)];
}
