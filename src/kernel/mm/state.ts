import type { Layout } from "../../machine/layout.ts";
import { PhysicalMemory } from "../../machine/physical.ts";
import { Slab } from "../../machine/slab.ts";
import type { KernelConfig } from "../kernel.ts";
import { MmStruct } from "./mm_struct.ts";

/** What memory management keeps beside the address spaces themselves. */
export class MmState {
  readonly physical: PhysicalMemory;
  readonly mmStructs: Slab<"mm_struct">;

  constructor(layout: Layout, config: KernelConfig) {
    this.physical = new PhysicalMemory(layout, config.frames, config.writers);
    this.mmStructs = new Slab(layout, MmStruct, config.mms);
  }

  powerOn(words: Int32Array): void {
    this.mmStructs.powerOn(words);
  }
}
