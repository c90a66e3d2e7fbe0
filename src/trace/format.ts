import { ACCESS_ADD, ACCESS_WRITE } from "../machine/access_kind.ts";
import { PTE_PRESENT, PTE_SWAP, PTE_WRITE, PTE_ZERO_PAGE, ptePfn } from "../machine/pte.ts";

/** A process address as it is printed. */
export function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** A range of process addresses, `end` exclusive, as reports print it. */
export function hexRange(start: number, end: number): string {
  return `[${hex(start)}, ${hex(end)})`;
}

/** The same as stories tell of it: `[0x1000, +0x2000)`. */
export function startAndSize(start: number, end: number): string {
  return `[${hex(start)}, +${hex(end - start)})`;
}

/** A page-table entry in short: `17w` is frame 17, writable; `swap 3`; `zero`; `none`. */
export function formatPte(pte: number): string {
  if ((pte & PTE_SWAP) !== 0) return `swap ${ptePfn(pte)}`;
  if ((pte & PTE_PRESENT) === 0) return "none";
  if ((pte & PTE_ZERO_PAGE) !== 0) return "zero";
  return `${ptePfn(pte)}${(pte & PTE_WRITE) === 0 ? "r" : "w"}`;
}

/** The same in words: `page 17 rw`, `swap 3`, `zero page`, `none`. */
export function ptePhrase(pte: number): string {
  if ((pte & PTE_SWAP) !== 0) return `swap ${ptePfn(pte)}`;
  if ((pte & PTE_PRESENT) === 0) return "none";
  if ((pte & PTE_ZERO_PAGE) !== 0) return "zero page";
  return `page ${ptePfn(pte)} ${(pte & PTE_WRITE) === 0 ? "r" : "rw"}`;
}

/** What an access of kind ACCESS_* does to an address. */
export function accessVerb(kind: number): string {
  return kind === ACCESS_ADD ? "adds to" : kind === ACCESS_WRITE ? "writes" : "reads";
}
