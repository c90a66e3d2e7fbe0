import type { Layout } from "../machine/layout.ts";
import type { Gpu } from "../device/gpu.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Driver } from "./driver.ts";
import type { DriverOptions } from "./options.ts";
import { singlePass } from "./single_pass.ts";
import { twoPass } from "./two_pass.ts";
import { joined, merged } from "./xe/variant.ts";
import { XeUserptrDriver } from "./xe_userptr.ts";

/** Makes a driver for all GPUs, with its structures placed in `layout`. */
export type DriverFactory = (options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) => Driver;

const BUILT_IN: Record<string, DriverFactory> = {
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

const catalogue = new Map(Object.entries(BUILT_IN));

/** Names of the drivers that are built in, the default first. */
export const DRIVER_NAMES: readonly string[] = Object.keys(BUILT_IN);

/** Add a driver of the user's; on each thread, before its machine is built. */
export function registerDriver(name: string, factory: DriverFactory): void {
  catalogue.set(name, factory);
}

/** The driver of this name, one for all GPUs, with its structures placed in `layout`. */
export function createDriver(
  name: string, options: DriverOptions, kernel: Kernel, gpus: readonly Gpu[], layout: Layout,
): Driver {
  const factory = catalogue.get(name);
  if (factory === undefined) throw new RangeError(`driver: no such design: ${name}`);
  return factory(options, layout, kernel, gpus);
}
