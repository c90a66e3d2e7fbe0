import { machineEvents } from "../../src/machine/tracepoints.ts";
import type { TestMachine } from "./machine.ts";

/** Counts what is allocated from slabs and not yet given back. */
export class SlabBalance {
  inUse = 0;

  constructor(machine: TestMachine) {
    machine.tracer.on(machineEvents.kmemAlloc, () => this.inUse++);
    machine.tracer.on(machineEvents.kmemFree, () => this.inUse--);
  }
}
