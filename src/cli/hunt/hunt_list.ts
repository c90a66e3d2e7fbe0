import { BUGS } from "../../bugs/catalogue.ts";
import { INEXPRESSIBLE } from "../../bugs/inexpressible.ts";
import { DRIVER_NAMES } from "../../driver/catalogue.ts";
import { STRATEGIES } from "../../executor/explorer/strategy/catalogue.ts";
import { plain, type Paint } from "../../report/paint.ts";
import { wrap } from "../../report/text.ts";
import { HUNT_SCENARIO_NAMES, playOf } from "../../scenario/play/catalogue.ts";

const DRIVERS: Readonly<Record<string, string>> = {
  "two-pass": "our own: start zaps and sends the flush, finish waits",
  "single-pass": "everything in one callback under the user lock",
  "xe-userptr": "Linux 7.1's xe userptr, fault mode, to the letter: has findings",
  "xe-userptr-preempt": "the same with preempt fences instead of faults",
  "xe-userptr-6.18": "xe userptr before two passes: one, under the notifier lock",
  gpusvm: "GPU SVM as merged: one pass, ranges in few big notifiers",
  "gpusvm-two-pass": "GPU SVM in two passes as posted in 2025: unsound, has a finding",
  "gpusvm-two-pass-checked": "the same corrected: commits ask read_retry, flushes are joined",
  kvm: "a classic notifier with a sequence count of its own, as KVM has",
  nouveau: "a classic notifier unmaps, faults have interval ones: has a finding",
  "nouveau-undone": "the same on a core that undoes a range which is refused",
  amdgpu: "graphics userptrs: waits for all jobs under a lock of the device",
  "amdgpu-partitions": "the same if all GPUs are partitions of one device",
  "xe-userptr-joined": "xe-userptr with its findings corrected",
  "n-pass": "the RFC's list of passes in round robin, two stages",
  "n-pass-2": "the same with two that preempt: preempt; zap, flush and wait",
  "n-pass-3": "the same with three: preempt; zap and flush; wait",
  "n-pass-own": "two stages, carried out as soon as each is ready",
  "n-pass-3-own": "three stages, likewise",
  "pass-counter": "a pass counter, one fence in each notifier: unsound, has a finding",
  "pass-counter-seqno": "the same with a number in place of the fence",
  "start-end": "start and end callbacks, the tree walked for each",
  multiplexed: "one notifier and one lock for all GPUs of the driver, in one pass",
  "lock-across-passes": "user lock held from start to finish: deadlocks, has a finding",
  "lock-across-passes-per-notifier": "the same with a lock for each notifier",
  "finish-at-range-end": "two passes, the second at range_end: wrong, as a control",
};

/** What there is to choose from. */
export function renderList(paint: Paint = plain): string {
  const sections: [string, [string, string][]][] = [
    ["drivers", DRIVER_NAMES.map((name) => [name, DRIVERS[name] ?? ""])],
    ["scenarios", HUNT_SCENARIO_NAMES.map((name) => [name, playOf(name).summary])],
    ["strategies", STRATEGIES.map(({ name, summary }) => [name, summary])],
    ["seeded bugs", BUGS.map((bug) => [bug.name, `${bug.summary} (${bug.origin})`])],
    [
      "bugs of Linux that cannot be seeded here",
      Object.entries(INEXPRESSIBLE).map(([number, reason]) => [`BUGS ${number}`, reason]),
    ],
  ];
  return sections
    .map(
      ([title, entries]) =>
        `${[paint("title", title), ...entries.flatMap(([name, text]) => entryLines(name, text))].join("\n")}\n`,
    )
    .join("\n");
}

const NAME_WIDTH = 22;

/** A long name stands on a line of its own. */
function entryLines(name: string, text: string): string[] {
  const indent = " ".repeat(NAME_WIDTH + 4);
  if (name.length > NAME_WIDTH) return [`  ${name}`, ...wrap(text, indent)];
  return wrap(text, `  ${name.padEnd(NAME_WIDTH)}  `, indent);
}
