import { GpuVm } from "../../src/device/gpu.ts";
import { EFAULT } from "../../src/kernel/errno.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { NULL } from "../../src/machine/struct.ts";
import { discard, exit, mapPages, mirrorAll, serve, writePages } from "../../src/scenario/play/operations.ts";
import { addressOf, type Operation, type Play } from "../../src/scenario/play/play.ts";

/** Plays that ask of a driver no more than its contract. */

const PAGES = 2;

const common = {
  rules: [],
  targets: [{ first: 0, pages: PAGES }],
  *populate(actor) {
    yield* mapPages(actor, 0, PAGES);
    yield* writePages(actor, 0, PAGES);
  },
} satisfies Partial<Play>;

/** Close the address space of a GPU that is at rest, open it again and bind the pages. It finds the place that it had. */
function reopen(index: number): Operation {
  return {
    name: `gpu${index} closed and opened`,
    *run({ current, stage: { driver, gpus, vms, mm } }) {
      yield* driver.close(current, vms[index]);
      const vm = yield* driver.open(current, gpus[index], mm);
      if (vm === NULL || vm !== vms[index]) throw new Error(`opened at ${vm}, was at ${vms[index]}`);
      if (current.words[vm + GpuVm.gpu] !== index) throw new Error(`is of GPU ${current.words[vm + GpuVm.gpu]}`);
      yield* driver.bind(current, vm, addressOf(0), addressOf(PAGES));
    },
  };
}

/** A fault of GPU 0 that no driver may serve. */
function refused(page: number): Operation {
  return {
    name: `a fault of page ${page}, to be refused`,
    *run({ current, stage: { driver, gpus, vms } }) {
      const result = yield* driver.handleFault(current, { gpu: gpus[0], vm: vms[0], va: addressOf(page), kind: ACCESS_READ });
      if (result !== EFAULT) throw new Error(`page ${page} gave ${result}, not -EFAULT`);
    },
  };
}

export const refusing: Play = {
  ...common,
  name: "contract-refuse",
  summary: "faults of a page that is not mapped, and of a process that has gone",
  script: (cpu) => (cpu === 0 ? [refused(PAGES), exit, refused(0)] : []),
  accesses: () => [[]],
};

export const opening: Play = {
  ...common,
  name: "contract-open",
  summary: "a GPU's address space is closed and opened while the other GPUs access pages",
  script: (cpu) => [[reopen(0)], [serve]][cpu] ?? [],
  accesses: (gpu) => (gpu === 0 ? [[]] : [[{ page: 0, kind: ACCESS_WRITE }]]),
};

export const faulting: Play = {
  ...common,
  name: "contract-fault",
  summary: "GPUs access pages that they do not have",
  script: (cpu) => [[], [serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_READ },
      { page: 0, kind: ACCESS_WRITE },
      { page: 1, kind: ACCESS_WRITE },
    ],
  ],
};

export const invalidating: Play = {
  ...common,
  name: "contract-invalidate",
  summary: "pages that GPUs access are thrown away",
  prepare: (actor) => mirrorAll(actor, PAGES),
  script: (cpu) => [[discard(0, PAGES)], [serve]][cpu] ?? [],
  accesses: () => [
    [
      { page: 0, kind: ACCESS_WRITE },
      { page: 1, kind: ACCESS_READ },
    ],
  ],
};

export const closing: Play = {
  ...opening,
  name: "contract-close",
  summary: "a GPU's address space is closed and opened while pages that it has are thrown away",
  prepare: (actor) => mirrorAll(actor, PAGES),
  script: (cpu) => [[reopen(0)], [discard(0, PAGES), serve]][cpu] ?? [],
};
