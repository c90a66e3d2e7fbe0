import { plain, type Paint } from "./paint.ts";
import { shorten, wrap } from "./text.ts";

/** Widest name of an option that others are aligned with. */
const NAME_WIDTH = 24;

/** The whole resolved configuration with its seed: what a run prints first. Ends in a newline. */
export function renderConfig(config: Readonly<Record<string, unknown>>, seed: number, paint: Paint = plain): string {
  const entries: [string, string][] = [["seed", String(seed)], ...flatten(config).filter(([name]) => name !== "seed")];
  const width = Math.max(...entries.map(([name]) => Math.min(shorten(name, NAME_WIDTH).length, NAME_WIDTH)));
  const lines = entries.flatMap(([name, value]) =>
    wrap(value, `  ${shorten(name, NAME_WIDTH).padEnd(width)}  `, " ".repeat(width + 4)),
  );
  return `${[paint("title", "configuration"), ...lines].join("\n")}\n`;
}

/** Nested values by their path: `finish.size`. */
function flatten(config: object, path = ""): [string, string][] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return flatten(value, `${path}${name}.`);
    return [[path + name, print(value)]];
  });
}

function print(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(print).join(", ");
  if (value === null || value === undefined) return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
