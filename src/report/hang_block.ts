import type { BlockedTask, HangReport } from "../executor/threads/hang_report.ts";
import { duration, plural } from "./numbers.ts";
import { plain, type Paint } from "./paint.ts";
import { wrap } from "./text.ts";

/** Who waited for whom when nothing moved any more. */
export function renderHang(hang: HangReport, paint: Paint = plain): string[] {
  const [title, ...rest] = hangLines(hang);
  return [paint("bad", title), ...rest, ""];
}

export function hangLines(hang: HangReport): string[] {
  const cycles = hang.cycles.length === 0 ? "" : `, ${plural(hang.cycles.length, "ring")} of waiting`;
  return [
    `hang: ${plural(hang.tasks.length, "task")} blocked${cycles}`,
    ...hang.tasks.flatMap((task) => wrap(taskLine(task), "  ", "      ")),
    ...hang.cycles.flatMap((ring) => wrap(`ring: ${[...ring, ring[0] ?? ""].join(" -> ")}`, "  ", "      ")),
  ];
}

function taskLine({ name, waitsFor, holder, holderDoes, forMs, overslept }: BlockedTask): string {
  const held = holder === null ? "holder unknown" : `held by ${holder}${holderDoes === null ? "" : `, which ${holderDoes}`}`;
  const missed =
    overslept === null ? "" : `; it slept at ${overslept.from}, which is now ${overslept.to}: its wake-up is lost or late`;
  return `${name} has waited ${duration(forMs * 1000)} for ${waitsFor}, ${held}${missed}`;
}
