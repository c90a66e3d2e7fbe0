import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseStrace, readStrace } from "../../../src/scenario/strace/reader.ts";
import { schedule, type Op, type Workload } from "../../../src/scenario/strace/workload.ts";

function parse(...lines: string[]): Workload {
  return parseStrace("log", lines);
}

/** The fields of an op that are not 0, false or empty. */
function brief(op: Op): Record<string, unknown> {
  return Object.fromEntries(Object.entries(op).filter(([, value]) => value !== 0 && value !== false && value !== ""));
}

describe("forms of a line", () => {
  const MUNMAP = "munmap(0x7f0000001000, 4097) = 0";
  const op = { line: 1, call: "munmap", addr: 0x7f0000001000, length: 4097 };

  test.each([
    ["bare", MUNMAP, 0],
    ["-f -o FILE", `21103 ${MUNMAP}`, 21103],
    ["-f -o FILE, padded", `6153  ${MUNMAP}`, 6153],
    ["-f", `[pid  6162] ${MUNMAP}`, 6162],
    ["-f -Y", `[pid 6162<python3>] ${MUNMAP}`, 6162],
    ["-f -Y -o FILE", `6162<python3> ${MUNMAP}`, 6162],
    ["-t", `12:00:01 ${MUNMAP}`, 0],
    ["-tt", `12:00:01.000321 ${MUNMAP}`, 0],
    ["-ttt", `1795221052.331666 ${MUNMAP}`, 0],
    ["-ttt in seconds", `1795221052 ${MUNMAP}`, 0],
    ["-r", `     0.000012 ${MUNMAP}`, 0],
    ["-tt -r", `12:00:01.000321 (+     0.000012) ${MUNMAP}`, 0],
    ["-f -o FILE -ttt", `21103 1795221052.331666 ${MUNMAP}`, 21103],
    ["-f -t", `[pid 21103] 12:00:01 ${MUNMAP}`, 21103],
    ["-T", `${MUNMAP} <0.000012>`, 0],
    ["aligned", "munmap(0x7f0000001000, 4097)      = 0", 0],
    ["-i", `21103 [00007f6b6642bc47] ${MUNMAP}`, 21103],
    ["-n", `[  11] ${MUNMAP}`, 0],
    ["-i -n -f", `[pid 7] [00007f6b6642bc47] [  11] ${MUNMAP}`, 7],
    ["argument names", "munmap(addr=0x7f0000001000, length=4097) = 0", 0],
  ])("%s", (_, line, tid) => {
    const { ops, threads } = parse(line);
    expect(brief(ops[0])).toStrictEqual(op);
    expect(threads).toStrictEqual([tid]);
  });
});

describe("calls", () => {
  test("mmap: hint and result, flags, huge page size, unknown bits", () => {
    const { ops } = parse(
      "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fffffffe000",
      "mmap(0x10000, 100, PROT_NONE, MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS|MAP_NORESERVE|MAP_STACK, -1, 0) = 0x10000",
      "mmap(NULL, 2097152, PROT_READ|0x80, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, -1, 0) = 0x200000",
      "mmap(0x5000, 4096, 0 /* PROT_??? */, 0x8000020 /* MAP_??? */, -1, 0) = 0x5000",
    );
    expect(ops.map(brief)).toStrictEqual([
      { line: 1, call: "mmap", length: 8192, prot: 3, flags: 0x22, result: 0x7fffffffe000 },
      { line: 2, call: "mmap", addr: 0x10000, length: 100, flags: 0x24032, result: 0x10000 },
      { line: 3, call: "mmap", length: 2097152, prot: 0x81, flags: 0x40021 + 21 * 2 ** 26, result: 0x200000 },
      { line: 4, call: "mmap", addr: 0x5000, length: 4096, flags: 0x8000020, result: 0x5000 },
    ]);
  });

  test.each([
    ["3"],
    ["3</usr/lib/libc.so.6>"],
    ["3</tmp/a, b (c) = 0>"],
    ["3</tmp/gone>(deleted)"],
    ["3</dev/dri/renderD128<char 226:128>>"],
  ])("mmap of a file: descriptor %s", (fd) => {
    const { ops } = parse(`mmap(NULL, 34667, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_DENYWRITE, ${fd}, 0x62000) = 0x7faf6a086000`);
    expect(ops.map(brief)).toStrictEqual([
      { line: 1, call: "mmap", length: 34667, prot: 5, flags: 0x802, offset: 0x62000, isFile: true, result: 0x7faf6a086000 },
    ]);
  });

  test("mremap, with and without a new address", () => {
    const { ops } = parse(
      "mremap(0x7f0000000000, 4096, 12288, MREMAP_MAYMOVE) = 0x7f0000010000",
      "mremap(0x7f0000010000, 4096, 4096, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, 0x1000) = 0x1000",
    );
    expect(ops.map(brief)).toStrictEqual([
      { line: 1, call: "mremap", addr: 0x7f0000000000, length: 4096, newLength: 12288, flags: 1, result: 0x7f0000010000 },
      { line: 2, call: "mremap", addr: 0x7f0000010000, length: 4096, newLength: 4096, flags: 7, newAddr: 0x1000, result: 0x1000 },
    ]);
  });

  test("mprotect, pkey_mprotect, madvise, brk", () => {
    const { ops } = parse(
      "mprotect(0x1000, 16384, PROT_NONE) = 0",
      "pkey_mprotect(0x1000, 4096, PROT_READ|PROT_WRITE, 1) = 0",
      "madvise(0x1000, 4096, MADV_DONTNEED) = 0",
      "madvise(0x1000, 4096, 0x66 /* MADV_??? */) = 0",
      "brk(NULL) = 0x30e3c000",
      "brk(0x30e5d000) = 0x30e5d000",
    );
    expect(ops.map(brief)).toStrictEqual([
      { line: 1, call: "mprotect", addr: 0x1000, length: 16384 },
      { line: 2, call: "mprotect", addr: 0x1000, length: 4096, prot: 3 },
      { line: 3, call: "madvise", addr: 0x1000, length: 4096, flags: 4 },
      { line: 4, call: "madvise", addr: 0x1000, length: 4096, flags: 0x66 },
      { line: 5, call: "brk", result: 0x30e3c000 },
      { line: 6, call: "brk", addr: 0x30e5d000, result: 0x30e5d000 },
    ]);
  });

  test("failed calls are kept, counted by name and error, and not scheduled", () => {
    const log = parse(
      "mmap(NULL, 18446744073709551615, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = -1 ENOMEM (Cannot allocate memory)",
      "munmap(0x1, 4096) = -1 EINVAL (Invalid argument) <0.000003>",
      "munmap(0x1, 4096) = -1 EINVAL (Invalid argument) (INJECTED)",
      "munmap(0x1000, 4096) = 0",
    );
    expect(log.ops.map(({ result, errno }) => [result, errno])).toStrictEqual([
      [-1, "ENOMEM"],
      [-1, "EINVAL"],
      [-1, "EINVAL"],
      [0, ""],
    ]);
    expect([...log.failed]).toStrictEqual([
      ["mmap ENOMEM", 1],
      ["munmap EINVAL", 2],
    ]);
    expect(schedule(log)).toStrictEqual([[3]]);
  });

  test("calls without effect and unknown calls are counted by name", () => {
    const log = parse(
      'frobnicate({"a", [1, 2]}, 3</tmp/x>) = 0x5 (flags O_RDONLY)',
      "mincore(0x7f0000000000, 4096, [1]) = 0",
      "mlock(0x1000, 4096) = 0",
      "mlock(0x1000, 4096) = -1 ENOMEM (Cannot allocate memory)",
      "shmat(0, NULL, 0) = 0x7f0000000000",
      "madvise(0x1000, 4096, MADV_DONTFORK) = 0",
      "5 frobnicate(1 <unfinished ...>",
      "5 <... frobnicate resumed>, NULL) = 0",
      "munmap(0x1000, 4096) = 0",
    );
    expect(log.ops).toHaveLength(1);
    expect([...log.noEffect]).toStrictEqual([
      ["mincore", 1],
      ["mlock", 2],
      ["madvise MADV_DONTFORK", 1],
    ]);
    expect([...log.unknown]).toStrictEqual([
      ["frobnicate", 2],
      ["shmat", 1],
    ]);
  });

  test("the footprint covers what calls were at work on, not what they wished for", () => {
    const { footprint } = parse(
      "mmap(0x1000, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x20000",
      "munmap(0x1000, 4096) = -1 EINVAL (Invalid argument)",
      "mremap(0x10000, 4096, 8192, MREMAP_MAYMOVE) = 0x7fffffffe000",
      "brk(0xffffffffffffffff) = 0x18000",
    );
    expect(footprint).toStrictEqual({ start: 0x10000, end: 2 ** 47 });
  });
});

describe("threads", () => {
  test("unfinished calls are resumed thread by thread, and keep the order of their beginnings", () => {
    const log = parse(
      "1 100.000001 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>",
      "2 100.000002 munmap(0x2000,  <unfinished ...>",
      "3 100.000003 madvise(0x3000, 4096, MADV_FREE) = 0",
      "2 100.000004 <... munmap resumed>4096) = 0 <0.000002>",
      "1 100.000005 <... mmap resumed>)  = 0x1000",
      "3 100.000006 mprotect(0x3000, 4096, PROT_NONE) = 0",
    );
    expect(log.ops.map(({ line, thread, call }) => [line, thread, call])).toStrictEqual([
      [1, 0, "mmap"],
      [2, 1, "munmap"],
      [3, 2, "madvise"],
      [6, 2, "mprotect"],
    ]);
    expect(log.threads).toStrictEqual([1, 2, 3]);
    expect(schedule(log)).toStrictEqual([[0], [1], [2, 3]]);
  });

  test("what a process or the log left unanswered is counted", () => {
    const log = parse(
      "1 munmap(0x1000, 4096) = 0",
      "2 munmap(0x2000, 4096 <unfinished ...>",
      "3 munmap(0x3000, 4096 <unfinished ...>) = ?",
      "4 munmap(0x4000, 4096) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
      "5 munmap(0x5000, 4096 <unfinished ...>",
      "5 <... munmap resumed> <unfinished ...>) = ?",
      "6 munmap(0x6000, 4096 <unfinished ...>",
      "6 +++ killed by SIGKILL (core dumped) +++",
      "1 +++ exited with 0 +++",
    );
    expect(log).toMatchObject({ unanswered: 5, exits: 2, threads: [1, 2, 3, 4, 5, 6] });
  });

  test("signals, stops and remarks of strace are passed over", () => {
    const log = parse(
      "strace: Process 7 attached",
      "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---",
      "7 1795221048.9 --- SIGCHLD {si_signo=SIGCHLD, si_stime=1 /* 0.01 s */} ---",
      "7 --- stopped by SIGSTOP ---",
      "[ Process PID=7 runs in 32 bit mode. ]",
      " > /usr/lib/ld-linux-x86-64.so.2(_dl_catch_error+0x77c7) [0x1fc47]",
      "",
      "7 munmap(0x1000, 4096) = 0",
      "8 +++ superseded by execve in pid 7 +++",
    );
    expect(log).toMatchObject({ threads: [7], exits: 1, lines: 9 });
  });

  test("without -o the first process has a name only while there are others", () => {
    const log = parse(
      "munmap(0x1000, 4096) = 0",
      "strace: Process 12 attached",
      "[pid    12] munmap(0x2000, 4096) = 0",
      "[pid    11] munmap(0x3000, 4096) = 0",
      "[pid    12] +++ exited with 0 +++",
      "munmap(0x4000, 4096) = 0",
    );
    expect(log.threads).toStrictEqual([11, 12]);
    expect(schedule(log)).toStrictEqual([[0, 2, 3], [1]]);
  });

  test("without -o a remark of strace's may stand in the middle of a call", () => {
    const log = parse(
      "munmap(0x1000, 4096strace: Process 12 attached",
      "strace: Process 13 attached",
      ") = 0",
      "[pid    12] munmap(0x2000,strace: Process 14 attached",
      " 4096 <unfinished ...>",
      "[pid    13] munmap(0x3000, 4096) = 0",
      "[pid    12] <... munmap resumed>) = 0",
      "[pid    11] munmap(0x4000, 4096) = 0",
    );
    expect(log.ops.map(({ line, thread, addr }) => [line, log.threads[thread], addr])).toStrictEqual([
      [1, 11, 0x1000],
      [4, 12, 0x2000],
      [6, 13, 0x3000],
      [8, 11, 0x4000],
    ]);
  });

  test("the address space with the most calls has number 0", () => {
    const log = parse(
      "1 brk(NULL) = 0x10000000",
      "2 brk(NULL) = 0x20000000",
      "2 munmap(0x1000, 4096) = 0",
      "3 brk(NULL) = 0x30000000",
    );
    expect(log.ops.map(({ space }) => space)).toStrictEqual([1, 0, 0, 2]);
    const python = readStrace("examples/workloads/python-threads.strace.gz");
    const program = python.ops.filter(({ space }) => space === 0);
    expect(program).toHaveLength(1421);
    expect(new Set(program.map(({ thread }) => thread)).size).toBe(5);
  });

  test("a program that is executed begins a new address space, in its own tid and for its threads", () => {
    const log = parse(
      "1 brk(NULL) = 0x10000000",
      "1 brk(0x10021000) = 0x10021000",
      "1 brk(NULL) = 0x10021000",
      "2 munmap(0x1000, 4096) = 0", // a thread of 1
      "3 brk(NULL) = 0x20000000", // a child that executed something
      "4 munmap(0x1000, 4096) = 0", // a thread of it
      "4 +++ exited with 0 +++",
      "3 +++ exited with 0 +++",
      "5 munmap(0x1000, 4096) = 0", // a thread of 1 again
      "1 brk(NULL) = 0x30000000", // 1 executes another program
    );
    expect(log.ops.map(({ space }) => space)).toStrictEqual([0, 0, 0, 0, 1, 1, 0, 2]);
    expect(log.spaces).toBe(3);
  });
});

describe("time", () => {
  const at = (...times: string[]) => parse(...times.map((time) => `${time} brk(NULL) = 0x1000`)).ops.map((op) => op.timeUs);

  test.each([
    ["-ttt", ["1795221052.331666", "1795221052.331667", "1795221053.000000"], [0, 1, 668334]],
    ["-r", ["0.000000", "0.000100", "1.000001"], [0, 100, 1000101]],
    ["-t", ["23:59:59", "00:00:01"], [0, 2e6]],
    ["-tt", ["09:00:00.000001", "09:00:00.000005"], [0, 4]],
  ])("%s", (_, times, us) => {
    expect(at(...times)).toStrictEqual(us);
  });
});

describe("recorded programs", () => {
  const FOLDER = "examples/workloads";

  test.each(readdirSync(FOLDER).filter((name) => name.endsWith(".gz")))("%s is understood to the last line", (name) => {
    const log = readStrace(`${FOLDER}/${name}`);
    expect(log).toMatchObject({ unknown: new Map(), failed: new Map(), unanswered: 0 });
    const forkAdvice = name.startsWith("node-json") ? 1214 : 0;
    expect([...log.noEffect]).toStrictEqual(forkAdvice > 0 ? [["madvise MADV_DONTFORK", forkAdvice]] : []);
    expect(log.footprint.end).toBeLessThanOrEqual(2 ** 47);
    expect({
      lines: log.lines,
      ops: log.ops.length,
      threads: log.threads.length,
      spaces: log.spaces,
      exits: log.exits,
    }).toStrictEqual(
      {
        "gcc-cc1.strace.gz": { lines: 161, ops: 160, threads: 1, spaces: 1, exits: 1 },
        "java-gc.strace.gz": { lines: 3549, ops: 3486, threads: 24, spaces: 1, exits: 24 },
        "node-json.strace.gz": { lines: 10716, ops: 6846, threads: 6, spaces: 1, exits: 7 },
        "python-threads.strace.gz": { lines: 2839, ops: 2572, threads: 24, spaces: 39, exits: 45 },
      }[name],
    );
    expect(schedule(log).flat()).toHaveLength(log.ops.length);
  });

  test.each(readdirSync(FOLDER).filter((name) => name.endsWith(".gz")))(
    "%s, in the order read, never maps a page twice in one space",
    (name) => {
      const mapped = new Set<string>();
      const twice: string[] = [];
      const PAGE = 4096;
      for (const op of readStrace(`${FOLDER}/${name}`).ops) {
        const pages = (addr: number, length: number) =>
          Array.from({ length: Math.min(Math.ceil(length / PAGE), 4096) }, (_, i) => `${op.space} ${addr / PAGE + i}`);
        if (op.call === "munmap" || op.call === "mremap") for (const page of pages(op.addr, op.length)) mapped.delete(page);
        if (op.call !== "mmap" && op.call !== "mremap") continue;
        for (const page of pages(op.result, op.call === "mmap" ? op.length : op.newLength)) {
          if (mapped.has(page) && (op.flags & 0x10) === 0) twice.push(`line ${op.line}: ${page}`);
          mapped.add(page);
        }
      }
      expect(twice).toStrictEqual([]);
    },
  );
});
