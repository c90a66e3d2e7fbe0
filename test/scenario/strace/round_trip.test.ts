import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStrace } from "../../../src/scenario/strace/reader.ts";
import { MADV, MAP, MREMAP, PROT } from "../../../src/scenario/strace/symbols.ts";
import { schedule, type Op } from "../../../src/scenario/strace/workload.ts";

/** What a log says of one call, without its place in the log. */
type Call = Pick<
  Op,
  "call" | "addr" | "length" | "prot" | "flags" | "offset" | "isFile" | "newLength" | "newAddr" | "result" | "errno"
>;

function make(call: Op["call"], fields: Partial<Call>): Call {
  return {
    call,
    addr: 0,
    length: 0,
    prot: 0,
    flags: 0,
    offset: 0,
    isFile: false,
    newLength: 0,
    newAddr: 0,
    result: 0,
    errno: "",
    ...fields,
  };
}

/** MADV_DONTFORK, DOFORK, WIPEONFORK and KEEPONFORK have no effect that is replayed. */
const FORK_ADVICE = new Set([10, 11, 18, 19]);
const LENGTH = 2 ** 40;
const addr = fc.oneof(fc.nat(2 ** 31 - 1), fc.integer({ min: 0, max: 2 ** 47 - LENGTH }));
const length = fc.integer({ min: 1, max: LENGTH });
const bits = (table: ReadonlyMap<string, number>) =>
  fc
    .subarray([...table.values()].filter((bit) => bit > 0 && Number.isInteger(Math.log2(bit))))
    .map((set) => set.reduce((sum, bit) => sum + bit, 0));

const mmap = fc
  .record({ addr, length, prot: bits(PROT), flags: bits(MAP), offset: fc.nat(2 ** 31 - 1).map((n) => n * 4096), result: addr })
  .map((fields) => make("mmap", { ...fields, isFile: (fields.flags & 0x20) === 0 }));
const mremap = fc
  .record({ addr, length, newLength: length, newAddr: addr, result: addr, flags: bits(MREMAP) })
  .map((fields) => make("mremap", { ...fields, newAddr: (fields.flags & 2) === 0 ? 0 : fields.newAddr }));
const munmap = fc.record({ addr, length }).map((fields) => make("munmap", fields));
const mprotect = fc.record({ addr, length, prot: bits(PROT) }).map((fields) => make("mprotect", fields));
const madvise = fc
  .record({ addr, length, flags: fc.constantFrom(...MADV.values()).filter((advice) => !FORK_ADVICE.has(advice)) })
  .map((fields) => make("madvise", fields));
const brk = fc.record({ addr, result: addr }).map((fields) => make("brk", fields));
const success = fc.oneof(mmap, mremap, munmap, mprotect, madvise, brk);
const failure = fc
  .tuple(
    success.filter((op) => op.call !== "brk"),
    fc.constantFrom("ENOMEM", "EINVAL", "EAGAIN"),
  )
  .map(([fields, errno]) => make(fields.call, { ...fields, result: -1, errno }));
const call = fc.oneof({ weight: 5, arbitrary: success }, { weight: 1, arbitrary: failure });

function hex(value: number): string {
  return value === 0 ? "NULL" : `0x${value.toString(16)}`;
}

/** As strace prints flags: names first, then bits without a name; `zero` if there are none. */
function names(value: number, table: ReadonlyMap<string, number>, zero: string): string {
  const set = [...table].filter(([, bit]) => bit > 0 && Number.isInteger(Math.log2(bit)) && Math.floor(value / bit) % 2 === 1);
  return set.length === 0 ? zero : set.map(([name]) => name).join("|");
}

function printArguments(op: Call): string[] {
  const range = [hex(op.addr), String(op.length)];
  switch (op.call) {
    case "brk":
      return [hex(op.addr)];
    case "munmap":
      return range;
    case "mprotect":
      return [...range, names(op.prot, PROT, "PROT_NONE")];
    case "madvise":
      return [...range, [...MADV].find(([, value]) => value === op.flags)![0]];
    case "mremap":
      return [...range, String(op.newLength), names(op.flags, MREMAP, "0"), ...((op.flags & 2) === 0 ? [] : [hex(op.newAddr)])];
    case "mmap":
      return [
        ...range,
        names(op.prot, PROT, "PROT_NONE"),
        names(op.flags, MAP, "0"),
        op.isFile ? "3</lib/x, y.so>" : "-1",
        op.offset === 0 ? "0" : hex(op.offset),
      ];
  }
}

function printResult(op: Call): string {
  if (op.errno !== "") return `-1 ${op.errno} (Some text)`;
  return op.result === 0 ? "0" : hex(op.result);
}

/** How a log is laid out. */
interface Form {
  readonly prefix: (tid: number, us: number) => string;
  readonly suffix: string;
}
const seconds = (us: number) => (1795221052 + us / 1e6).toFixed(6);
const form = fc.constantFrom<Form>(
  { prefix: (tid) => `${tid} `, suffix: "" },
  { prefix: (tid, us) => `${tid} ${seconds(us)} `, suffix: " <0.000012>" },
  { prefix: (tid) => `[pid ${String(tid).padStart(5)}] `, suffix: "" },
  { prefix: (tid, us) => `[pid ${tid}<a b>] ${seconds(us)} `, suffix: "" },
);

test("what a printer writes, whole or in two parts and in any interleaving, the reader reads", () => {
  const thread = fc.array(fc.record({ call, cut: fc.option(fc.nat(5)) }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(thread, { minLength: 1, maxLength: 5 }),
      form,
      fc.infiniteStream(fc.nat()),
      (threads, { prefix, suffix }, chance) => {
        const lines: string[] = [];
        const begun: number[] = [];
        /** Of each thread, its lines yet to come, each with a note whether a call begins there. */
        const queues = threads.map((calls, index) =>
          calls.flatMap(({ call: op, cut }) => {
            const all = printArguments(op);
            const print = (text: string, begins: boolean) => ({ tid: 100 + index, begins, text });
            const end = `) = ${printResult(op)}${suffix}`;
            if (cut === null) return [print(`${op.call}(${all.join(", ")}${end}`, true)];
            const [head, tail] = [all.slice(0, cut), all.slice(cut)];
            const comma = head.length > 0 && tail.length > 0 ? ", " : "";
            return [
              print(`${op.call}(${head.join(", ")}${comma} <unfinished ...>`, true),
              print(`<... ${op.call} resumed>${tail.join(", ")}${end}`, false),
            ];
          }),
        );
        for (let us = 0; queues.some((queue) => queue.length > 0); us++) {
          const busy = queues.filter((queue) => queue.length > 0);
          const { tid, begins, text } = busy[chance.next().value % busy.length].shift()!;
          lines.push(prefix(tid, us) + text);
          if (begins) begun.push(lines.length);
        }

        const log = parseStrace("log", lines);
        expect(log.ops.map(({ line }) => line)).toStrictEqual(begun);
        for (const [index, calls] of threads.entries()) {
          const read = log.ops
            .filter((op) => log.threads[op.thread] === 100 + index)
            .map(({ line: _l, thread: _t, space: _s, timeUs: _u, ...rest }) => rest);
          expect(read).toStrictEqual(calls.map(({ call: op }) => op));
          const scheduled = schedule(log)[log.threads.indexOf(100 + index)] ?? [];
          expect(scheduled).toStrictEqual(
            [...log.ops.keys()].filter((i) => log.threads[log.ops[i].thread] === 100 + index && log.ops[i].errno === ""),
          );
        }
      },
    ),
  );
});
