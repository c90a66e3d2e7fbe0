import { decodeCall, isReplayed, MalformedCallError, nameWithoutEffect, NO_EFFECT, touched, type Decoded } from "./calls.ts";
import { LogClock } from "./clock.ts";
import { quote, StraceError } from "./error.ts";
import { folded } from "./fold.ts";
import { attachedTid, bareLine, parseRecord, splitRemark, type LogRecord } from "./record.ts";
import { busiestFirst, Spaces } from "./spaces.ts";
import { readLines } from "./text.ts";
import type { Op, Workload } from "./workload.ts";

/**
 * Read a log of `strace -f -e trace=%memory`, plain or gzipped.
 *
 * A line that is not understood costs itself: it is left out and counted.
 * @throws {StraceError} if that is most of them, for the first one's sake; or if the file as a whole is at fault
 */
export function readStrace(file: string): Workload {
  return parseStrace(file, readLines(file));
}

/** The same of lines in memory; `file` is for messages. */
export function parseStrace(file: string, lines: readonly string[]): Workload {
  const reader = new Reader(file);
  for (const [index, line] of lines.entries()) reader.line(index + 1, line);
  return reader.finish(lines.length);
}

/** What strace calls a call that it could not read. */
const UNREADABLE = "???";

/** A call that has begun. */
interface Begun {
  readonly line: number;
  readonly timeUs: number;
  readonly name: string;
  readonly args: string;
}

class Reader {
  readonly #file: string;
  readonly #clock = new LogClock();
  readonly #spaces = new Spaces();
  readonly #ops: Op[] = [];
  readonly #threadOf = new Map<number, number>();
  readonly #threads: number[] = [];
  readonly #unfinished = new Map<number, Begun>();
  readonly #attached = new Set<number>();
  readonly #noEffect = new Map<string, number>();
  readonly #unknown = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  #unanswered = 0;
  #exits = 0;
  /** Lines that were understood, and those that were left out; why the first of them was. */
  #understood = 0;
  #skipped = 0;
  #firstSkipped: StraceError | null = null;
  /** Tid for lines that name none: the first process, before strace follows a second. */
  #mainTid = 0;
  /** The beginning of a call that a remark of strace's has cut in two. */
  #head: { readonly line: number; readonly text: string } | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** Read line `number`. */
  line(number: number, written: string): void {
    const text = bareLine(written);
    if (text.trim() === "") return;
    const head = this.#head;
    const record = parseRecord(text);
    if (record === null) {
      this.#broken(number, text);
    } else if (head === null || record.kind === "note") {
      this.#whole(number, text, record);
    } else {
      this.#head = null;
      this.#skip(this.#foreign(head.line, head.text)); // its other half has not come
      this.#whole(number, text, record);
    }
  }

  /** A line that is no whole one of strace's: half a call, or somebody else's. */
  #broken(number: number, text: string): void {
    const head = this.#head;
    const split = splitRemark(text);
    if (split !== null) {
      this.#head = { line: number, text: split.head };
      const tid = attachedTid(split.remark);
      if (tid !== 0) this.#attached.add(tid);
      return;
    }
    this.#head = null;
    const whole = head === null ? null : parseRecord(head.text + text);
    if (head !== null && whole !== null) this.#whole(head.line, head.text + text, whole);
    else this.#skip(this.#foreign(number, text));
  }

  #skip(why: StraceError): void {
    this.#skipped++;
    this.#firstSkipped ??= why;
  }

  #whole(number: number, text: string, record: LogRecord): void {
    this.#understood++;
    const tid = this.#tidOf(record, text);
    const timeUs = this.#clock.us(record.time);
    const { name, args } = record;
    switch (record.kind) {
      case "call":
        this.#complete(number, tid, this.#begin(tid, { line: number, timeUs, name, args }), record.result);
        break;
      case "unfinished":
        this.#unfinished.set(tid, this.#begin(tid, { line: number, timeUs, name, args }));
        break;
      case "resumed":
        this.#resume(number, tid, text, record);
        break;
      case "exit":
        this.#exit(tid);
        break;
      case "note":
        break;
    }
  }

  /** All has been read. */
  finish(lines: number): Workload {
    if (this.#head !== null) this.#skip(this.#foreign(this.#head.line, this.#head.text));
    const isForeign = this.#skipped > this.#understood || this.#ops.length === 0;
    if (this.#firstSkipped !== null && isForeign) throw this.#firstSkipped;
    this.#unanswered += this.#unfinished.size;
    if (this.#ops.length === 0) {
      throw new StraceError(
        this.#file,
        0,
        "the log shows no call to replay: allowed is one with an mmap, munmap, mprotect, mremap, madvise or brk",
      );
    }
    const ops = folded(busiestFirst(this.#ops.sort((a, b) => a.line - b.line)));
    if (ops === null)
      throw new StraceError(this.#file, 0, "its addresses are spread too far: allowed are 127 TiB in parts of one");
    return {
      file: this.#file,
      ops,
      threads: this.#threads,
      spaces: this.#spaces.count,
      noEffect: this.#noEffect,
      unknown: this.#unknown,
      failed: this.#failed,
      unanswered: this.#unanswered,
      exits: this.#exits,
      lines,
      skipped: this.#firstSkipped === null ? null : { lines: this.#skipped, first: this.#firstSkipped.message },
      footprint: footprintOf(ops),
    };
  }

  #foreign(number: number, text: string): StraceError {
    return new StraceError(
      this.#file,
      number,
      `not a line of strace, ${quote(text)}: allowed is "[pid] [time] call(arguments) = result"`,
    );
  }

  /**
   * Whose line this is. Without -o, strace names the thread only while it follows several, so the first tid it names that
   * it did not announce as attached is the one that the lines before were about.
   */
  #tidOf(record: LogRecord, text: string): number {
    const attached = attachedTid(text);
    if (attached !== 0) this.#attached.add(attached);
    if (record.tid === 0) return this.#mainTid;
    if (this.#mainTid === 0 && this.#threadOf.has(0) && !this.#attached.has(record.tid)) this.#renameMain(record.tid);
    return record.tid;
  }

  #renameMain(tid: number): void {
    this.#mainTid = tid;
    const thread = this.#threadOf.get(0)!;
    this.#threadOf.delete(0);
    this.#threadOf.set(tid, thread);
    this.#threads[thread] = tid;
    this.#spaces.rename(0, tid);
    const begun = this.#unfinished.get(0);
    if (begun !== undefined) this.#unfinished.set(tid, begun);
    this.#unfinished.delete(0);
  }

  #begin(tid: number, call: Begun): Begun {
    if (this.#unfinished.delete(tid)) this.#unanswered++; // the line with its end is lost
    if (isReplayed(call.name) && !this.#threadOf.has(tid)) this.#threadOf.set(tid, this.#threads.push(tid) - 1);
    return call;
  }

  #resume(number: number, tid: number, text: string, record: LogRecord): void {
    const begun = this.#unfinished.get(tid);
    if (begun === undefined || begun.name !== record.name) {
      const why = `the end of a call whose beginning is missing, ${quote(text)}: allowed is one that is <unfinished ...> before`;
      this.#skip(new StraceError(this.#file, number, why));
      return;
    }
    this.#unfinished.delete(tid);
    const args = [begun.args.replace(/,$/u, ""), record.args].filter((part) => part !== "").join(", ");
    this.#complete(number, tid, { ...begun, args }, record.result);
  }

  #complete(number: number, tid: number, begun: Begun, result: string): void {
    if (begun.name === UNREADABLE) this.#unanswered++;
    else if (isReplayed(begun.name)) this.#replayed(number, tid, begun, result);
    else count(NO_EFFECT.has(begun.name) ? this.#noEffect : this.#unknown, begun.name);
  }

  #replayed(number: number, tid: number, begun: Begun, result: string): void {
    let decoded: Decoded | null;
    try {
      decoded = decodeCall(begun.name, begun.args, result);
    } catch (error) {
      if (!(error instanceof MalformedCallError)) throw error;
      this.#skip(new StraceError(this.#file, number, error.message));
      return;
    }
    if (decoded === null) {
      this.#unanswered++;
      return;
    }
    const idle = nameWithoutEffect(decoded);
    if (idle !== null) {
      count(this.#noEffect, idle);
      return;
    }
    if (decoded.errno !== "") count(this.#failed, `${begun.name} ${decoded.errno}`);
    const space = decoded.call === "brk" ? this.#spaces.brk(tid, decoded.addr, decoded.result) : this.#spaces.of(tid);
    this.#ops.push({ line: begun.line, thread: this.#threadOf.get(tid)!, space, timeUs: begun.timeUs, ...decoded });
  }

  #exit(tid: number): void {
    this.#exits++;
    if (this.#unfinished.delete(tid)) this.#unanswered++;
    this.#spaces.exit(tid);
  }
}

/** All addresses that successful calls refer to. */
function footprintOf(ops: readonly Op[]): Workload["footprint"] {
  let [start, end] = [Infinity, 0];
  for (const op of ops) {
    if (op.errno !== "") continue;
    for (const [addr, length] of touched(op)) {
      start = Math.min(start, addr);
      end = Math.max(end, addr + length);
    }
  }
  return { start: Math.min(start, end), end };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
