import type { Run } from "../../machine/step.ts";
import { embedded, NULL } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { Mapping } from "./mapping.ts";
import type { Vma } from "./vma.ts";

/** Keep reclaim from looking at the VMA through the reverse map while it changes. */
export function* lockVmaMapping(current: Current, { mapping }: Vma): Run<void> {
  if (mapping !== NULL) yield* downWrite(current, embedded(mapping, Mapping.rwsem));
}

export function* unlockVmaMapping(current: Current, { mapping }: Vma): Run<void> {
  if (mapping !== NULL) yield* upWrite(current, embedded(mapping, Mapping.rwsem));
}
