import { stripVTControlCharacters } from "node:util";

/**
 * One line of a log, taken apart but not yet understood:
 *
 *     [pid 21103] 1795221052.331666 mmap(NULL, 8192, …) = 0x7faf6a08f000 <0.000011>
 *     '---tid---' '-----time------' name '----args----'  '----result---'
 */
export interface LogRecord {
  /** Thread id; 0 where the log names none. */
  readonly tid: number;
  /** Timestamp as printed, "" if none. */
  readonly time: string;
  readonly kind: "call" | "unfinished" | "resumed" | "exit" | "note";
  /** Of a call, whole or in part: its name. */
  readonly name: string;
  /** Of a call: its arguments, or those of them that this line shows. */
  readonly args: string;
  /** Of a call that has ended on this line: what stands behind the equals sign, without the duration. */
  readonly result: string;
}

/** `21103 ` (-f -o FILE) or `[pid 21103] ` (-f), either with the thread's name (-Y); pids have up to seven digits. */
const TID = String.raw`(?:\[pid +(?<pid>\d+)(?:<[^>]*>)?\] +|(?<column>\d{1,7})(?:<[^>]*>)? +)?`;
/** -t, -tt, -ttt and -r, with the `(+ 0.000012)` of -r beside another; seconds since 1970 without a fraction have ten digits. */
const TIME = String.raw` *(?:(?<time>\d+:\d\d:\d\d(?:\.\d+)?|\d+\.\d+|\d{8,}) +)?(?:\(\+ *\d+\.\d+\) +)?`;
/** Instruction pointer (-i) and number of the call (-n). */
const POSITION = String.raw`(?:\[[ \da-f?]+\] )*`;
const PREFIX = new RegExp(`^ *${TID}${TIME}${POSITION}(?<rest>.*)$`, "su");

/** A call that strace could not read, since the thread was dying, is called ???. */
const CALL = /^(?<name>[a-z_]\w*|\?\?\?)\((?<args>.*)\) += (?<result>\S.*?)(?: <\d+\.\d+>)?$/u;
/** `detached`: strace went away. */
const UNFINISHED = /^(?<name>[a-z_]\w*|\?\?\?)\((?<args>.*?) *<(?:unfinished|detached) \.\.\.>$/u;
const RESUMED = /^<\.\.\. (?<name>[a-z_]\w*|\?\?\?) resumed>,? ?(?<args>.*)\) += (?<result>\S.*?)(?: <\d+\.\d+>)?$/u;
/** The end of a thread; `superseded by execve in pid N` is the end of all threads but N, which takes over this tid. */
const EXIT = /^\+\+\+ (?:exited with|killed by|superseded by execve) .*\+\+\+$/u;
/** Signals, stops, stack traces (-k), and what strace says about itself. */
const NOTE =
  /^(?:--- .* ---|> .*|\+\+\+ .* \+\+\+|strace: .*|Process \d+ (?:attached|detached|suspended|resumed).*|\[ Process PID=.*\])$/u;
/** Head, rules, rows and sum of the table that -c and -C end a log with. */
const TABLE = /^(?:% time .*| *-+(?: +-+)+| *\d+\.\d+ +\d+\.\d+ +\d+(?: +\d+){1,2} +\w+)$/u;

/**
 * What collectors of logs put in front: `web-1  | ` of containers, a date with `stdout F ` of pods, or alone, and the
 * `Nov 30 12:00:00 host strace[7]: ` of syslog, also with a date of its newer form.
 */
const COLLECTOR =
  /^(?:\S+ +\| |[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ \S+?: |\d{4}-\d\d-\d\dT\S+ (?:std(?:out|err) [FP] |\S+ [^\s(]+?: )?)/u;

/** The line as strace wrote it: without colours, and with blanks that editors, or strace itself, made tabs. */
export function bareLine(line: string): string {
  const blank = line.includes("\t") ? line.replaceAll("\t", " ") : line;
  return blank.includes("\u001B") ? stripVTControlCharacters(blank) : blank;
}

/** What strace -d says in the middle of a call: it looks like the call's end. */
const DEBUG_REMARK = /strace: \[wait\(0x[\da-f]+\) = \d+\] [^"]*$/u;

/** Take a bare line apart; null if it is none of strace's. */
export function parseRecord(line: string): LogRecord | null {
  if (line.includes("strace: [wait", 1) && DEBUG_REMARK.exec(line)?.index !== 0) return null;
  return recordOf(line) ?? (COLLECTOR.test(line) ? recordOf(line.replace(COLLECTOR, "")) : null);
}

function recordOf(line: string): LogRecord | null {
  const { pid, column, time = "", rest = "" } = PREFIX.exec(line)!.groups!;
  const tid = Number(pid ?? column ?? 0);
  const record = (kind: LogRecord["kind"], groups: Record<string, string> = {}): LogRecord => ({
    tid,
    time,
    kind,
    name: groups["name"] ?? "",
    args: (groups["args"] ?? "").trim(),
    result: groups["result"] ?? "",
  });

  const unfinished = UNFINISHED.exec(rest);
  if (unfinished !== null) return record("unfinished", unfinished.groups);
  const resumed = RESUMED.exec(rest);
  if (resumed !== null) return record("resumed", resumed.groups);
  const call = CALL.exec(rest);
  if (call !== null) return record("call", call.groups);
  if (EXIT.test(rest)) return record("exit");
  if (NOTE.test(rest) || TABLE.test(line)) return record("note");
  return null;
}

/** The tid that a `strace: Process N attached` announces, 0 if the line is none. */
export function attachedTid(line: string): number {
  return Number(/^(?:\[pid +\d+\] +)?(?:strace: )?Process (\d+) attached(?: \(waiting for parent\))?$/u.exec(line)?.[1] ?? 0);
}

/**
 * Without -o, a remark may stand in the middle of a call, the rest of which follows on the next line.
 * @returns the call's beginning and the remark; null if there is none
 */
export function splitRemark(line: string): { head: string; remark: string } | null {
  const match = /^(?<head>.*\(.*)(?<remark>strace: .*)$/u.exec(line);
  return match === null ? null : { head: match.groups!["head"], remark: match.groups!["remark"] };
}
