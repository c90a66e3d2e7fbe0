import type { LockEdge } from "./lock_order.ts";

/**
 * How a cycle of lock orders becomes a deadlock, in the manner of lockdep: one CPU for each order, and where each was seen first.
 */
export function lockScenario(cycle: readonly LockEdge[]): string[] {
  const width = Math.max(...cycle.map(({ from, to }) => lock(from, to).length)) + 2;
  const row = (cpu: number, text: string) => `  ${" ".repeat(cpu * width)}${text}`;
  return [
    ...cycle.map(({ from, to, seen }) => `${from} -> ${to}: ${seen}`),
    "possible unsafe locking scenario:",
    `  ${cycle
      .map((_, cpu) => `CPU${cpu}`.padEnd(width))
      .join("")
      .trimEnd()}`,
    `  ${cycle
      .map(() => "----".padEnd(width))
      .join("")
      .trimEnd()}`,
    ...cycle.map(({ from }, cpu) => row(cpu, `lock(${from});`)),
    ...cycle.map(({ to }, cpu) => row(cpu, `lock(${to});`)),
    "  *** DEADLOCK ***",
  ];
}

/** The wider of the two lines of a column. */
function lock(from: string, to: string): string {
  return `lock(${from.length > to.length ? from : to});`;
}
