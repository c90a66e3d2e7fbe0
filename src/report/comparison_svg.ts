import { scaleLinear, scaleLog } from "d3-scale";
import {
  line,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from "d3-shape";
import type { Axis, Plot, Series } from "./comparison.ts";

type Point = Series["points"][number];

/** Of the field, of what is around it, and of a letter in the legend, in pixels. */
const FIELD_WIDTH = 468;
const LEFT = 72;
const LEGEND_LEFT = 14;
const SYMBOL_WIDTH = 30;
const LETTER = 7;
const LEAST_LETTERS = 24;
const TOP = 40;
const BOTTOM = 52;
const FIELD_HEIGHT = 380;
const LEGEND_LINE = 18;
const TICK = 5;
/** Positions to a hundredth of a pixel: the same bytes everywhere. */
const DIGITS = 2;
/** What is beyond these is no figure of ours, and scales are not exact there. */
const LEAST = 1e-9;
const MOST = 1e15;
/** Ticks of an axis that has fewer values stand at these values. */
const FEW_VALUES = 12;

/** Of middle lightness, so that they stand out on white as on black. */
const COLOURS = ["#1f83c4", "#e0701a", "#2f9e44", "#d6336c", "#8a63d2", "#a87b00", "#0c9a9a", "#868e96"];
/** Series that share a colour differ in dashes and symbols. */
const DASHES = ["", "6 3", "2 3"];
const SYMBOLS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross, symbolWye, symbolStar];

const STYLE =
  "text{font:12px sans-serif;fill:#333}.title{font-size:14px;font-weight:bold}" +
  ".frame{fill:none;stroke:#888}.grid{stroke:#888;stroke-opacity:.25}" +
  "@media(prefers-color-scheme:dark){text{fill:#ddd}}";

/** From a value to its place, in pixels, and what stands at the axis. */
interface Scale {
  (value: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/**
 * A plot as one SVG file that needs nothing else and is readable on light and dark grounds. The legend lists curves as they end,
 * the highest first. The same plot gives the same bytes. What has no place on a logarithmic axis, zero for instance, is left out.
 */
export function renderPlot({ title, x, y, series }: Plot): string {
  const shown = series
    .map(({ name, points }) => ({ name, points: points.filter(([at, value]) => fits(at, x) && fits(value, y)) }))
    .toSorted((a, b) => (b.points.at(-1)?.[1] ?? 0) - (a.points.at(-1)?.[1] ?? 0));
  const all = shown.flatMap(({ points }) => points);
  const width =
    LEFT + FIELD_WIDTH + LEGEND_LEFT + SYMBOL_WIDTH + LETTER * Math.max(LEAST_LETTERS, ...series.map(({ name }) => name.length));
  const height = TOP + Math.max(FIELD_HEIGHT, series.length * LEGEND_LINE) + BOTTOM;
  const xScale = scaleOf(
    x,
    all.map(([at]) => at),
    [LEFT, LEFT + FIELD_WIDTH],
    false,
  );
  const yScale = scaleOf(
    y,
    all.map(([, value]) => value),
    [height - BOTTOM, TOP],
    true,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="${LEFT}" y="20">${escape(title)}</text>`,
    ...xScale.ticks.map(({ at, text }) => vertical(at, height) + label(at, height - BOTTOM + 18, "middle", text)),
    ...yScale.ticks.map(({ at, text }) => horizontal(at) + label(LEFT - TICK - 3, at + 4, "end", text)),
    `<rect class="frame" x="${LEFT}" y="${TOP}" width="${FIELD_WIDTH}" height="${height - TOP - BOTTOM}"/>`,
    label(LEFT + FIELD_WIDTH / 2, height - 12, "middle", x.label),
    `<text transform="translate(16 ${(TOP + height - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escape(y.label)}</text>`,
    ...shown.map(({ points }, index) =>
      curve(
        points.map(([at, value]) => [xScale(at), yScale(value)] as const),
        index,
      ),
    ),
    ...shown.map(({ name }, index) => legend(name, index)),
    "</svg>",
    "",
  ].join("\n");
}

/** Has it a place on this axis? */
function fits(value: number, { isLog }: Axis): boolean {
  return Math.abs(value) < MOST && (!isLog || value > LEAST);
}

function scaleOf({ isLog }: Axis, values: readonly number[], range: readonly [number, number], isNice: boolean): Scale {
  const [least, most] = extent(values, isLog);
  const scale = isLog ? scaleLog([least, most], range) : scaleLinear([least, most], range);
  if (isNice) scale.nice();
  const distinct = [...new Set(values)].toSorted((a, b) => a - b);
  const isFew = !isNice && distinct.length <= FEW_VALUES;
  const isShown = scale.tickFormat(8, ","); // of a logarithmic axis it names some alone
  const ticks = isFew ? distinct : scale.ticks(8).filter((value) => isShown(value) !== "");
  return Object.assign((value: number) => scale(value), {
    ticks: ticks.map((value) => ({ at: scale(value), text: tickText(value) })),
  });
}

function tickText(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

/** A linear axis begins at zero. Where there is one value alone, or none, there is room around it. */
function extent(values: readonly number[], isLog: boolean): [number, number] {
  if (values.length === 0) return isLog ? [1, 10] : [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!isLog) return [Math.min(0, least), most > LEAST ? most : 1];
  return least < most ? [least, most] : [least / 2, most * 2];
}

function curve(points: readonly Point[], index: number): string {
  const path = line<Point>().digits(DIGITS)([...points]) ?? "";
  const mark = symbol(symbolOf(index), 40).digits(DIGITS)() ?? "";
  const marks = points.map(([x, y]) => `<path transform="translate(${round(x)} ${round(y)})" d="${mark}"/>`);
  return `<g fill="${colourOf(index)}"><path d="${path}" ${strokeOf(index)}/>${marks.join("")}</g>`;
}

function legend(name: string, index: number): string {
  const [x, y] = [LEFT + FIELD_WIDTH + LEGEND_LEFT, TOP + LEGEND_LINE * (index + 0.5)];
  const mark = symbol(symbolOf(index), 40).digits(DIGITS)() ?? "";
  return (
    `<path d="M${x},${y}h24" ${strokeOf(index)}/><path transform="translate(${x + 12} ${y})" fill="${colourOf(index)}" ` +
    `d="${mark}"/>${label(x + SYMBOL_WIDTH, y + 4, "start", name)}`
  );
}

function strokeOf(index: number): string {
  const dash = DASHES[Math.floor(index / COLOURS.length) % DASHES.length];
  return `fill="none" stroke="${colourOf(index)}" stroke-width="1.8"${dash === "" ? "" : ` stroke-dasharray="${dash}"`}`;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length];
}

function symbolOf(index: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[index % SYMBOLS.length];
}

function vertical(x: number, height: number): string {
  return `<path class="grid" d="M${round(x)},${TOP}V${height - BOTTOM}"/>`;
}

function horizontal(y: number): string {
  return `<path class="grid" d="M${LEFT},${round(y)}H${LEFT + FIELD_WIDTH}"/>`;
}

function label(x: number, y: number, anchor: "start" | "middle" | "end", text: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(text)}</text>`;
}

function round(pixels: number): string {
  return String(Number(pixels.toFixed(DIGITS)));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
