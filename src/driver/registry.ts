import type { Layout } from "../machine/layout.ts";
import type { Gpu } from "../device/gpu.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Driver } from "./driver.ts";
import type { DriverOptions } from "./options.ts";
import { singlePass } from "./single_pass.ts";
import { twoPass } from "./two_pass.ts";
import { joined, merged } from "./xe/variant.ts";
import { XeUserptrDriver } from "./xe_userptr.ts";

type Factory = (options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) => Driver;

const CATALOGUE: Record<string, Factory> = {
  "two-pass": twoPass,
  "single-pass": (_options, layout, kernel, gpus) => singlePass(layout, kernel, gpus),
  "xe-userptr": (_options, layout, kernel, gpus) => new XeUserptrDriver("xe-userptr", "fault", merged, layout, kernel, gpus),
  "xe-userptr-preempt": (_options, layout, kernel, gpus) => (
    new XeUserptrDriver("xe-userptr-preempt", "preempt-fence", merged, layout, kernel, gpus)
  ),
  "xe-userptr-joined": (_options, layout, kernel, gpus) => (
    new XeUserptrDriver("xe-userptr-joined", "fault", joined, layout, kernel, gpus)
  ),
};

/** Names of all drivers, the default first. */
export const DRIVER_NAMES: readonly string[] = Object.keys(CATALOGUE);

/** The driver of this name, one for all GPUs, with its structures placed in `layout`. */
export function createDriver(
  name: string, options: DriverOptions, kernel: Kernel, gpus: readonly Gpu[], layout: Layout,
): Driver {
  const factory = CATALOGUE[name];
  if (factory === undefined) throw new RangeError(`driver: no such design: ${name}`);
  return factory(options, layout, kernel, gpus);
}
