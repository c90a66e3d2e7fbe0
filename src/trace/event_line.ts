import { tracepointInfo, type ArgumentKind } from "../machine/tracepoint.ts";
import type { NameOf, Naming, TraceEvent } from "./event.ts";
import { formatPte, hex } from "./format.ts";

/** An event as a line: time in microseconds, task, event, arguments with their names. */
export function eventLine(naming: Naming, { id, task, time, values }: TraceEvent): string {
  const info = tracepointInfo(id);
  const nameOf = (addr: number) => naming.nameOf(addr);
  const args = (info?.args ?? []).map(({ name, kind }, i) => `${name}=${formatArgument(nameOf, kind, values[i])}`);
  const timeUs = time === null ? "" : time.toFixed(1);
  return `${timeUs.padStart(12)} ${naming.taskName(task).padEnd(12)} ${info?.name ?? id} ${args.join(" ")}`;
}

function formatArgument(nameOf: NameOf, kind: ArgumentKind, value: number): string {
  switch (kind) {
    case "va":
      return hex(value);
    case "pte":
      return formatPte(value);
    case "mm":
    case "object":
      return nameOf(value);
    case "pfn":
    case "gpu":
    case "flag":
    case "us":
    case "errno":
    case "number":
      return String(value);
    default:
      return kind[value] ?? String(value);
  }
}
