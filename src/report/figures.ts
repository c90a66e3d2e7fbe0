import { count, duration, percent, plural, size } from "./numbers.ts";
import { overlapSentence } from "./overlap.ts";
import type { Paint } from "./paint.ts";
import type { Counts, GpuCounts, Percentiles, StressResult } from "./result.ts";
import { table, wrap } from "./text.ts";

/** The figures of a run, in blocks of lines; each block ends with an empty one. */

/** GPUs that get a line of their own; of further ones only the sum is shown. */
const GPUS_SHOWN = 32;

/** What each GPU did. */
export function gpuLines({ gpus }: StressResult, paint: Paint): string[] {
  if (gpus.length === 0) return [];
  const rows = [
    ["GPU", "accesses", "TLB hits", "hit rate", "faults", "flushes"],
    ...gpus.slice(0, GPUS_SHOWN).map((gpu, index) => gpuRow(String(index), gpu)),
    ...(gpus.length > 1 ? [gpuRow(`all ${gpus.length}`, sum(gpus))] : []),
  ];
  const [title, ...rest] = table(rows);
  const hidden = gpus.length - GPUS_SHOWN;
  const note = hidden > 0 ? [`  (${plural(hidden, "further GPU")} one by one: see --json)`] : [];
  return [paint("title", title), ...rest, ...note, ""];
}

function gpuRow(name: string, { accesses, tlbHits, faults, flushes }: GpuCounts): string[] {
  return [name, count(accesses), count(tlbHits), percent(tlbHits, accesses), count(faults), count(flushes)];
}

function sum(gpus: readonly GpuCounts[]): GpuCounts {
  const total = (field: keyof GpuCounts) => gpus.reduce((all, gpu) => all + gpu[field], 0);
  return { accesses: total("accesses"), tlbHits: total("tlbHits"), faults: total("faults"), flushes: total("flushes") };
}

/** How long invalidations took, and what two passes brought. */
export function latencyLines({ latencyUs, overlap, devicesPerFlush, counts }: StressResult, paint: Paint): string[] {
  const [title, ...rest] = table([
    ["latency", "p50", "p99", "max"],
    latencyRow("start pass", latencyUs.start),
    latencyRow("finish pass", latencyUs.finish),
    latencyRow("whole invalidation", latencyUs.invalidate),
  ]);
  return [
    paint("title", title),
    ...rest,
    "",
    ...wrap(`${overlapFigure(overlap)}; ${overlapSentence(overlap, devicesPerFlush)}`, "  overlap           ", " ".repeat(20)),
    ...wrap(fallbacks(counts), "  finish fallbacks  ", " ".repeat(20)),
    "",
  ];
}

function latencyRow(name: string, { p50, p99, max }: Percentiles): string[] {
  return [name, duration(p50), duration(p99), duration(max)];
}

function overlapFigure(overlap: number | null): string {
  if (overlap === null || !Number.isFinite(overlap)) return "none";
  return Math.abs(overlap) < 1e6 ? overlap.toFixed(2) : overlap.toExponential(1);
}

function fallbacks({ finishFallbacks, starts }: Counts): string {
  if (starts === 0) return "no notifier was called";
  const share = `${count(finishFallbacks)} of ${plural(starts, "start")} (${percent(finishFallbacks, starts)})`;
  return finishFallbacks === 0 ? share : `${share}: no finish object was free, all was done in the start pass`;
}

/** Everything that was counted. */
export function countLines({ counts, peakRssBytes }: StressResult, paint: Paint): string[] {
  const left: Figure[] = [
    ["system calls", count(counts.syscalls)],
    ["invalidations", count(counts.invalidations)],
    ["starts", count(counts.starts)],
    ["finishes", count(counts.finishes)],
    ["device flushes", count(counts.flushes)],
  ];
  const right: Figure[] = [
    ["faults", count(counts.faults)],
    ["fault retries", count(counts.faultRetries)],
    ["TLB misses", count(counts.tlbMisses)],
    ["stale accesses", count(counts.staleAccesses)],
    ["peak memory", size(peakRssBytes)],
  ];
  const lines = left.map((figure, index) => `  ${figureCell(figure)}  ${figureCell(right[index])}`);
  return [paint("title", "  in all"), ...lines, ""];
}

type Figure = readonly [name: string, value: string];

function figureCell([name, value]: Figure): string {
  return name.padEnd(16) + value.padStart(12);
}
