import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test, vi } from "vitest";
import { progressOn, stressFigures, type ProgressSnapshot } from "../../src/report/progress.ts";

function at(elapsedMs: number): ProgressSnapshot {
  return {
    elapsedMs,
    fraction: elapsedMs / 20_000,
    invalidations: elapsedMs * 5,
    faults: elapsedMs,
    faultRetries: 12,
    violations: 0,
  };
}

/** A stream that keeps what is written to it. */
function collect(isTTY: boolean, width = 80): { stream: PassThrough & { isTTY: boolean; columns: number }; text: () => string } {
  let text = "";
  const stream = Object.assign(new PassThrough(), { isTTY, columns: width });
  stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { stream, text: () => text };
}

test("on a pipe: a line every five seconds, however often it is told", () => {
  const { stream, text } = collect(false);
  const progress = progressOn(stream, stressFigures);
  for (let ms = 0; ms <= 20_000; ms += 250) progress.update(at(ms));
  progress.stop();
  expect(text()).toBe(
    [
      "   5s  25%  violations 0  invalidations 25k  faults 5000  retries 12",
      "  10s  50%  violations 0  invalidations 50k  faults 10k  retries 12",
      "  15s  75%  violations 0  invalidations 75k  faults 15k  retries 12",
      "  20s 100%  violations 0  invalidations 100k  faults 20k  retries 12",
      "",
    ].join("\n"),
  );
});

const HUGE: ProgressSnapshot = {
  elapsedMs: 999_999_000,
  fraction: 2,
  invalidations: 888_888_888_888,
  faults: 888_888_888_888,
  faultRetries: 888_888_888_888,
  violations: 888_888_888,
};

test("on a terminal: a bar with the figures, within 80 columns", () => {
  vi.useFakeTimers(); // a bar redraws a few times a second
  const { stream, text } = collect(true);
  const progress = progressOn(stream, stressFigures, "xterm");
  for (const snapshot of [at(10_000), HUGE]) {
    progress.update(snapshot);
    vi.advanceTimersByTime(1000);
  }
  progress.stop();
  vi.useRealTimers();
  // Each frame begins with the cursor's move to the first column.
  const frames = text()
    .split("\u001B[1G")
    .map((frame) => stripVTControlCharacters(frame).trimEnd())
    .filter((frame) => frame !== "");
  expect(frames).toContain("[=====-----]  violations 0  invalidations 50k  faults 10k  retries 12");
  expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(80);
});

test("on a pipe: lines within 80 columns whatever the figures", () => {
  const { stream, text } = collect(false);
  progressOn(stream, stressFigures).update(HUGE);
  expect(text().length).toBeGreaterThan(40);
  expect(text().length).toBeLessThanOrEqual(81);
});

test.each([
  [61, "[=====-----]  violations 0  invalidations 50k  faults 10k"],
  [40, "violations 0  invalidations 50k"],
  [20, "violations 0"],
])("on a terminal of %i columns what matters most is left", (width, line) => {
  vi.useFakeTimers();
  const { stream, text } = collect(true, width);
  const progress = progressOn(stream, stressFigures, "xterm");
  progress.update(at(10_000));
  vi.advanceTimersByTime(1000);
  progress.stop();
  vi.useRealTimers();
  const frames = text()
    .split("\u001B[1G")
    .map((frame) => stripVTControlCharacters(frame).trimEnd());
  expect(frames).toContain(line);
});

test("on a terminal that cannot move its cursor: lines", () => {
  const { stream, text } = collect(true);
  progressOn(stream, stressFigures, "dumb").update(at(10_000));
  expect(text()).toBe("  10s  50%  violations 0  invalidations 50k  faults 10k  retries 12\n");
});
