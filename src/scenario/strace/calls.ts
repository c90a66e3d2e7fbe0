import { quote } from "./error.ts";
import { MADV, MAP, MREMAP, parseSymbols, PROT } from "./symbols.ts";
import type { CallName, Op } from "./workload.ts";

/** No machine's user space has more. */
const MAX_ADDRESS_BITS = 57;
const PAGE = 4096;
const MAP_ANONYMOUS = 0x20;
const MREMAP_FIXED = 2;

/** The part of an {@link Op} that its arguments and its result give. */
export type Decoded = Omit<Op, "line" | "thread" | "space" | "timeUs">;

/** Thrown while a call is decoded; whoever knows file and line turns it into a StraceError. */
export class MalformedCallError extends Error {
  override readonly name = "MalformedCallError";
}

/**
 * Calls of `%memory` that leave what is modelled as it is: they pin, lock, look or advise, or place pages on memory
 * nodes, of which the machine has one. `msync` writes back to a file, and files are not written here.
 */
export const NO_EFFECT: ReadonlySet<string> = new Set([
  "get_mempolicy",
  "mbind",
  "migrate_pages",
  "mincore",
  "mlock",
  "mlock2",
  "mlockall",
  "move_pages",
  "mseal",
  "msync",
  "munlock",
  "munlockall",
  "pkey_alloc",
  "pkey_free",
  "set_mempolicy",
  "set_mempolicy_home_node",
]);

/** Advice about what a fork() copies: a log does not show forks. */
const FORK_ADVICE: ReadonlyMap<number, string> = new Map(
  ["MADV_DONTFORK", "MADV_DOFORK", "MADV_WIPEONFORK", "MADV_KEEPONFORK"].map((name) => [MADV.get(name)!, name]),
);

/** The name under which a call without effect is counted; null if it has one. */
export function nameWithoutEffect(op: Decoded): string | null {
  const advice = op.call === "madvise" ? FORK_ADVICE.get(op.flags) : undefined;
  return advice === undefined ? null : `madvise ${advice}`;
}

type Decoder = (args: Arguments) => Partial<Decoded>;

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["brk", (args) => ({ addr: args.address(0, "address") })],
  ["munmap", (args) => ({ addr: args.address(0, "address"), length: args.number(1, "length") })],
  ["mprotect", decodeMprotect],
  ["pkey_mprotect", decodeMprotect],
  [
    "madvise",
    (args) => ({
      addr: args.address(0, "address"),
      length: args.number(1, "length"),
      flags: args.symbols(2, "advice", MADV),
    }),
  ],
  ["mmap", decodeMmap],
  ["mmap2", decodeMmap],
  ["old_mmap", decodeMmap],
  [
    "mremap",
    (args) => {
      const flags = args.symbols(3, "flags", MREMAP);
      return {
        addr: args.address(0, "old address"),
        length: args.number(1, "old length"),
        newLength: args.number(2, "new length"),
        flags,
        newAddr: (flags & MREMAP_FIXED) === 0 ? 0 : args.address(4, "new address"),
      };
    },
  ],
]);

function decodeMprotect(args: Arguments): Partial<Decoded> {
  return {
    addr: args.address(0, "address"),
    length: args.number(1, "length"),
    prot: args.symbols(2, "protection", PROT),
  };
}

function decodeMmap(args: Arguments): Partial<Decoded> {
  const flags = args.symbols(3, "flags", MAP);
  return {
    addr: args.address(0, "address"),
    length: args.number(1, "length"),
    prot: args.symbols(2, "protection", PROT),
    flags,
    offset: inBytes(args.number(5, "offset")),
    isFile: (flags & MAP_ANONYMOUS) === 0,
  };
}

/** Of mmap2, older versions of strace print an offset in pages. */
function inBytes(offset: number): number {
  return offset % PAGE === 0 ? offset : offset * PAGE;
}

/** Names of a call that came with other machines or other numbers of arguments. */
const SAME_CALL: ReadonlyMap<string, CallName> = new Map([
  ["pkey_mprotect", "mprotect"],
  ["mmap2", "mmap"],
  ["old_mmap", "mmap"],
]);

/** Is this a call that is replayed? */
export function isReplayed(name: string): boolean {
  return DECODERS.has(name);
}

/**
 * Understand a replayed call.
 * @returns null if it has no result (`= ?`)
 * @throws {MalformedCallError}
 */
export function decodeCall(name: string, args: string, result: string): Decoded | null {
  const call = SAME_CALL.get(name) ?? (name as CallName);
  const returned = parseResult(call, result);
  if (returned === null) return null;
  const op: Decoded = {
    call,
    addr: 0,
    length: 0,
    prot: 0,
    flags: 0,
    offset: 0,
    isFile: false,
    newLength: 0,
    newAddr: 0,
    ...returned,
    ...DECODERS.get(name)!(new Arguments(name, splitArguments(args))),
  };
  if (op.errno === "") checkUserSpace(op);
  return op;
}

/** `0`, `0x7f…`, `-1 ENOMEM (Cannot allocate memory)`, `?`, each perhaps followed by `(INJECTED)` and the like. */
const RESULT = /^(?:(?<unknown>\?)|-\d+ (?<errno>E[A-Z0-9]+)|(?<value>0x[0-9a-f]+|\d+))(?: .*)?$/u;

function parseResult(call: CallName, text: string): { result: number; errno: string } | null {
  const groups = RESULT.exec(text)?.groups;
  if (groups === undefined) {
    throw new MalformedCallError(`result ${quote(text)} of ${call}: allowed are a number, "-1 ERROR (text)" and "?"`);
  }
  if (groups["unknown"] !== undefined) return null;
  if (groups["errno"] !== undefined) return { result: -1, errno: groups["errno"] };
  return { result: numberOf(groups["value"]!), errno: "" };
}

/** A 64-bit strace prints 32-bit addresses with their sign: 0xfffffffff7fdd000 is 0xf7fdd000. */
const SIGN_EXTENDED = /^0xffffffff(?=[89a-f][0-9a-f]{7}$)/u;

function numberOf(text: string): number {
  return Number(text.replace(SIGN_EXTENDED, "0x"));
}

/** What the kernel accepted lies in user space; if not, the line was damaged. */
function checkUserSpace(op: Decoded): void {
  for (const [addr, length] of touched(op)) {
    if (addr + length <= 2 ** MAX_ADDRESS_BITS) continue;
    throw new MalformedCallError(
      `${op.call} of 0x${addr.toString(16)}, ${length} bytes: allowed are addresses of ${MAX_ADDRESS_BITS} bits`,
    );
  }
}

/**
 * Where a call that succeeded was at work: first address and length of each range, in bytes. What mmap and brk were given is
 * only a wish.
 */
export function touched(op: Decoded): [addr: number, length: number][] {
  switch (op.call) {
    case "mmap":
      return [[op.result, op.length]];
    case "mremap":
      return [
        [op.addr, op.length],
        [op.result, op.newLength],
      ];
    case "brk":
      return [[op.result, 0]];
    case "munmap":
    case "mprotect":
    case "madvise":
      return [[op.addr, op.length]];
  }
}

/** A call's arguments by position, read as what they should be. */
class Arguments {
  readonly #call: string;
  readonly #texts: readonly string[];

  constructor(call: string, texts: readonly string[]) {
    this.#call = call;
    this.#texts = texts;
  }

  /** `NULL` or a number. */
  address(index: number, what: string): number {
    return this.#texts[index] === "NULL" ? 0 : this.number(index, what);
  }

  number(index: number, what: string): number {
    const text = this.#texts[index] ?? "";
    if (!/^(?:0x[0-9a-f]+|\d+)$/u.test(text)) this.#reject(text, what, "a number");
    return numberOf(text);
  }

  symbols(index: number, what: string, table: ReadonlyMap<string, number>): number {
    const text = this.#texts[index] ?? "";
    const value = parseSymbols(text, table);
    if (value === null) this.#reject(text, what, `names such as ${[...table.keys()].slice(0, 3).join(", ")}, or a number`);
    return value;
  }

  #reject(text: string, what: string, allowed: string): never {
    const found = text === "" ? `no ${what}` : `${what} ${quote(text)}`;
    throw new MalformedCallError(`${found} in ${this.#call}: allowed is ${allowed}`);
  }
}

/** `3</dev/dri/card0<char 226:0>>` of -yy, innermost first (strace escapes a `>` in a path), and comments. */
const DECORATION = /<[^<>]*>(?:\(deleted\))?|\/\*.*?\*\//gu;
/** `addr=`, as newer versions print on request. */
const ARGUMENT_NAME = /^[a-z_]+=/u;

function splitArguments(args: string): string[] {
  if (args === "") return [];
  const plain = args.replaceAll(DECORATION, "").replaceAll(DECORATION, "");
  return plain.split(",").map((arg) => arg.trim().replace(ARGUMENT_NAME, ""));
}
