/** Numbers as people read them, none longer than eleven characters. */

/** `1,234,567`; from a thousand million on `1.234 G`. */
export function count(n: number): string {
  if (Number.isInteger(n) && Math.abs(n) < 1e9) return n.toLocaleString("en-US");
  return scaled(n, 1000, ["", " k", " M", " G", " T", " P"]);
}

/** `1.23M`, at most five characters for what a run can count. */
export function shortCount(n: number): string {
  return Number.isInteger(n) && Math.abs(n) < 10_000 ? String(n) : scaled(n, 1000, ["", "k", "M", "G", "T", "P"], 3);
}

/** `12 us`, `3.456 ms`, `7.5 s`, from microseconds. */
export function duration(us: number): string {
  return scaled(us, 1000, [" us", " ms", " s"]);
}

/** `45 s`, `12 min`, `3.4 h`, `12 d`, `> 1 year`: an estimate, and no more exact than that. */
export function secondsLeft(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  if (hours < 48) return `${Number(hours.toPrecision(2))} h`;
  return hours < 8760 ? `${Math.round(hours / 24)} d` : "> 1 year";
}

/** `12.5 MiB`, from bytes. */
export function size(bytes: number): string {
  return scaled(bytes, 1024, [" B", " KiB", " MiB", " GiB", " TiB"]);
}

/** `97.2 %`: what is not all is not rounded to all, and what is something not to nothing. `-` if there is no whole. */
export function percent(part: number, whole: number): string {
  const value = (part / whole) * 100;
  if (!Number.isFinite(value)) return "-";
  if (value > 0 && value < 0.1) return "< 0.1 %";
  const shown = value < 100 ? Math.min(Number(value.toFixed(1)), 99.9) : value;
  return Math.abs(shown) < 1e6 ? `${shown.toFixed(1)} %` : `${shown.toExponential(0)} %`;
}

/** `n` in the largest unit in which it is 1 or more, to at most `digits` digits. */
function scaled(n: number, base: number, units: readonly string[], digits = 4): string {
  if (!Number.isFinite(n)) return "-";
  let value = n;
  let unit = 0;
  while (unit < units.length - 1 && Math.abs(Number(value.toPrecision(digits))) >= base) {
    value /= base;
    unit++;
  }
  const rounded = Number(value.toPrecision(digits));
  const text =
    Math.abs(rounded) >= 1e6 || (rounded !== 0 && Math.abs(rounded) < 1e-2) ? rounded.toExponential(0) : String(rounded);
  return text + units[unit];
}

/** `1 violation`, `2 violations`. */
export function plural(n: number, noun: string, nouns = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : nouns}`;
}
