import type { Paint, Tone } from "./paint.ts";
import { reportWidth, wrap } from "./text.ts";

/** Room for the number of an event, with the mark in front of it and the space behind. */
const GUTTER = 6;
/** Text is left at least so much. */
const TEXT_WIDTH = 40;

/**
 * An execution as lanes, one a processor: numbers to the left, in each lane a line or the mark of what happens there, text to the
 * right, which so is as wide as the screen lets it be. Of too many processors the names stand in the text instead.
 */
export class Lanes {
  readonly #processors: readonly string[];
  /** Over the lanes. */
  readonly #names: readonly string[];
  readonly #cell: number;

  constructor(processors: readonly string[]) {
    this.#processors = processors;
    this.#names = [processors, processors.map(abbreviation), []].find(
      (names) => widthOf(names) <= reportWidth() - GUTTER - TEXT_WIDTH,
    )!;
    this.#cell = cellOf(this.#names);
  }

  header(): string {
    return (" ".repeat(GUTTER) + this.#names.map((name) => name.padEnd(this.#cell)).join("")).trimEnd();
  }

  /** What happens in a lane, on as many lines as it takes. */
  rows(lane: number, { number, mark, text, details, tone }: LaneEvent, paint: Paint): string[] {
    const width = reportWidth() - GUTTER - widthOf(this.#names);
    const who = this.#names.length === 0 ? `${this.#processors[lane]}: ` : "";
    const lines = [...wrap(who + text, "", "  ", width), ...details.flatMap((detail) => wrap(detail, "  ", "    ", width))];
    const label = `${mark === "X" ? ">" : " "}${number.padStart(GUTTER - 3)}  `;
    return lines.map((line, index) => {
      const row = (index === 0 ? label : " ".repeat(GUTTER)) + this.#lanes(lane, index === 0 ? mark : "|") + line;
      return tone === null ? row : paint(tone, row);
    });
  }

  #lanes(lane: number, mark: string): string {
    return this.#names.map((_, index) => ` ${index === lane ? mark : "|"}`.padEnd(this.#cell)).join("");
  }
}

/** What stands in a row of the lanes. */
export interface LaneEvent {
  /** Empty if it has none. */
  readonly number: string;
  /** One character. */
  readonly mark: string;
  readonly text: string;
  readonly details: readonly string[];
  readonly tone: Tone | null;
}

function widthOf(names: readonly string[]): number {
  return names.length * cellOf(names);
}

function cellOf(names: readonly string[]): number {
  return Math.max(2, ...names.map((name) => name.length)) + 1;
}

/** `cpu12` is `c12`. */
function abbreviation(name: string): string {
  return name.replace(/^([a-z])[a-z]*(?=\d)/, "$1");
}
