import type { Layout } from "../machine/layout.ts";
import type { Field, StructType } from "../machine/struct.ts";
import { fieldName } from "../machine/struct.ts";
import type { Gpu } from "../device/gpu.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { NotifierPasses } from "../kernel/mmu_notifier/passes.ts";
import type { Driver } from "./driver.ts";
import type { DriverOptions, FinishKind } from "./options.ts";

/** Makes a driver for all GPUs, with its structures placed in `layout`. */
export type DriverFactory = (options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) => Driver;

/** Does it keep pages until no GPU uses them, and come to an end? */
export type Soundness =
  /** Meant to be right: whatever an oracle objects to is news. */
  | { readonly kind: "sound" }
  /** Objected to, as written up in docs/findings. */
  | { readonly kind: "finding"; readonly numbers: readonly [number, ...number[]] }
  /** Wrong on purpose: an oracle that does not object to it is blind. */
  | { readonly kind: "wrong" }
  /** Nobody has said. */
  | { readonly kind: "unknown" };

/** What a sound design takes for granted. A machine without it brings it to no good end, and that is no news. */
export type Need =
  /** Somebody does the deferred work: a context that was stopped stands still until its memory is bound again. */
  | "rebind"
  /** Firmware answers before the driver gives up: a flush that timed out is taken for done (RULES 70, docs/findings/2). */
  | "timely-answers";

/** Everything that is known of a design, in one place. All lists, tables and choices of designs are made from these. */
export interface Design {
  /** As on the command line. */
  readonly name: string;
  /** One line for `--list` and the documentation. */
  readonly summary: string;
  /** A model of a real driver; a design that was argued; a design that is wrong on purpose, as a control of the oracles. */
  readonly kind: "model" | "argued" | "control";
  readonly soundness: Soundness;
  /** None: its soundness takes nothing for granted. */
  readonly needs?: readonly Need[];
  /** The notifier core that its callbacks are written for. None: they have a single pass, and any core will do. */
  readonly core?: NotifierPasses;
  /** Between which sources of finish objects one can choose. None: it has no such objects, or a source of its own. */
  readonly finishes?: readonly FinishKind[];
  /** What it holds between a range and the commit of a fault in it (RULES b 8): a {@link lockClass}. */
  readonly userLock?: string;
  readonly create: DriverFactory;
}

/** A design of the user's: what they say of it, which is never that it is sound. */
export type OwnDesign = Pick<Design, "create"> & Partial<Omit<Design, "name" | "soundness" | "create">>;

/** The class of the lock that is found by following these fields from a `type`, as lockdep names it: `xe_vm.notifier_lock`. */
export function lockClass(type: StructType<string>, ...path: readonly Field<string, StructType<string>>[]): string {
  const word = fieldName(
    type,
    path.reduce((offset: number, field) => offset + field, 0),
  );
  return [type.structName, ...word.split(".").slice(0, path.length)].join(".");
}
