import { PTE_PRESENT, PTE_SWAP, PTE_WRITE, PTE_ZERO_PAGE, ptePfn } from "../../machine/pte.ts";
import { tracepointInfo } from "../../machine/tracepoint.ts";
import { MMU_NOTIFY_NAMES } from "../../kernel/view.ts";
import { hex } from "./format.ts";
import type { CheckWorld } from "../world.ts";

/** Arguments that are process addresses. */
const PROCESS_ADDRESSES = new Set(["start", "end", "va", "last"]);
/** Arguments that are addresses of structures or words. */
const STRUCTURES = new Set(["mm", "sub", "lock", "finish", "subscription", "cache", "object", "vm", "pte_addr"]);
/** Arguments that are page-table entries. */
const ENTRIES = new Set(["pte", "old_pte"]);

/** Arguments that are one of a few. */
const CHOICES: Readonly<Record<string, readonly string[]>> = { event: MMU_NOTIFY_NAMES, kind: ["read", "write", "add"] };

/** One event of the trace format (see flight_recorder.ts) as a line: time, task, event, arguments with their names. */
export function formatEvent(world: CheckWorld, event: Float64Array): string {
  const [, task, id, timeUs] = event;
  const info = tracepointInfo(id);
  const args = (info?.args ?? []).map((name, i) => `${name}=${formatArgument(world, name, event[4 + i])}`);
  const time = timeUs < 0 ? "" : timeUs.toFixed(1);
  return `${time.padStart(12)} ${world.taskName(task).padEnd(12)} ${info?.name ?? id} ${args.join(" ")}`;
}

function formatArgument(world: CheckWorld, name: string, value: number): string {
  if (PROCESS_ADDRESSES.has(name)) return hex(value);
  if (STRUCTURES.has(name)) return world.nameOf(value);
  if (ENTRIES.has(name)) return formatPte(value);
  return CHOICES[name]?.[value] ?? String(value);
}

/** `17w`: frame 17, writable; `swap 3`; `zero`; `none`. */
function formatPte(pte: number): string {
  if ((pte & PTE_SWAP) !== 0) return `swap ${ptePfn(pte)}`;
  if ((pte & PTE_PRESENT) === 0) return "none";
  if ((pte & PTE_ZERO_PAGE) !== 0) return "zero";
  return `${ptePfn(pte)}${(pte & PTE_WRITE) === 0 ? "r" : "w"}`;
}
