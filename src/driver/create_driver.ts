import type { Layout } from "../machine/layout.ts";
import type { Gpu } from "../device/gpu.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { NotifierPasses } from "../kernel/mmu_notifier/passes.ts";
import { twoPassCore } from "../kernel/mmu_notifier/two_pass.ts";
import { designNamesIn, designOf, designsIn } from "./catalogue.ts";
import type { Driver } from "./driver.ts";
import { MixedDriver } from "./mixed.ts";
import type { DriverOptions } from "./options.ts";

/**
 * The notifier core to build a kernel with for the driver or the mixture of this name.
 *
 * @throws RangeError if there is no such driver, or those of a mixture need different cores
 */
export function passesFor(name: string): NotifierPasses {
  const needs = designsIn(name).flatMap(({ name: design, core }) => (core === undefined ? [] : [{ design, passes: core }]));
  if (needs.length === 0) return twoPassCore;
  const suitable = needs.find((candidate) => needs.every(({ passes }) => serves(candidate.passes, passes)));
  if (suitable !== undefined) return suitable.passes;
  const other = needs.find(({ passes }) => passes !== needs[0].passes)!;
  throw new RangeError(
    `driver: a kernel has one notifier core: ${needs[0].design} needs ${needs[0].passes.name}, ${other.design} needs ` +
      `${other.passes.name}`,
  );
}

/** Can a driver that is written for the core `wanted` have `passes`? */
function serves(passes: NotifierPasses, wanted: NotifierPasses): boolean {
  return passes === wanted || passes.inPlaceOf === wanted;
}

/**
 * The driver of this name, one for all GPUs, with its structures placed in `layout`.
 *
 * @throws RangeError if there is none, or the kernel has another notifier core than it needs
 */
export function createDriver(name: string, options: DriverOptions, kernel: Kernel, gpus: readonly Gpu[], layout: Layout): Driver {
  const designs = designNamesIn(name);
  if (designs.length > 1) {
    return new MixedDriver(designs, gpus.length, (design) => createDriver(design, options, kernel, gpus, layout));
  }
  const { core, create } = designOf(name);
  const { passes } = kernel.notifier;
  if (core !== undefined && !serves(passes, core)) {
    throw new RangeError(`driver: ${name} needs the notifier core ${core.name}, the kernel has ${passes.name}`);
  }
  return create(options, layout, kernel, gpus);
}
