import { Freelist, freelistFill, type LinkOf } from "../../machine/freelist.ts";
import type { Layout } from "../../machine/layout.ts";
import { FRAME_ZERO, Page, PhysicalMemory } from "../../machine/physical.ts";
import { Slab } from "../../machine/slab.ts";
import { Word, type Ptr } from "../../machine/struct.ts";
import type { Run } from "../../machine/step.ts";
import type { Current } from "../current.ts";
import type { KernelConfig } from "../kernel.ts";
import { Mapping } from "./mapping.ts";
import { MmStruct } from "./mm_struct.ts";
import { SwapSpace } from "./swap.ts";
import { VmAreaStruct } from "./vma.ts";

/** Frame of the page of zeros. */
export const ZERO_PFN = 0;

/** What memory management keeps beside the address spaces themselves. */
export class MmState {
  readonly physical: PhysicalMemory;
  readonly mmStructs: Slab<"mm_struct">;
  readonly vmas: Slab<"vm_area_struct">;
  readonly mappings: Slab<"address_space">;
  readonly swap: SwapSpace;
  /** Free frames: item i is frame i + 1, since the page of zeros is never free. */
  readonly freeFrames: Ptr<"freelist">;
  readonly frameLink: LinkOf;
  /** The frame that reclaim looks at next. */
  readonly clockHand: Ptr<"word">;
  /** Direct reclaim for an allocation that finds no free frame; false if there is no point in looking again. Set at boot. */
  shrinker: ((current: Current) => Run<boolean>) | null = null;

  constructor(layout: Layout, config: KernelConfig) {
    this.physical = new PhysicalMemory(layout, config.frames, config.writers);
    this.mmStructs = new Slab(layout, MmStruct, config.mms);
    this.vmas = new Slab(layout, VmAreaStruct, config.vmas);
    this.mappings = new Slab(layout, Mapping, config.vmas);
    this.swap = new SwapSpace(layout, config.swapSlots, this.physical.dataWords);
    this.freeFrames = layout.place(Freelist, "free_frames");
    this.clockHand = layout.place(Word, "clock_hand");
    const { physical } = this;
    this.frameLink = (index) => (physical.page(index + 1) + Page.lruNext) as Ptr<"free_link">;
  }

  powerOn(words: Int32Array): void {
    this.mmStructs.powerOn(words);
    this.vmas.powerOn(words);
    this.mappings.powerOn(words);
    this.swap.powerOn(words);
    words.fill(0, this.physical.pages, this.physical.pages + this.physical.frames * Page.words);
    freelistFill(words, this.freeFrames, this.frameLink, this.physical.frames - 1);
    const zero = this.physical.page(ZERO_PFN);
    words[zero + Page.state] = FRAME_ZERO;
    words[zero + Page.refcount] = 1;
    words.fill(0, this.physical.content(ZERO_PFN), this.physical.content(ZERO_PFN) + this.physical.dataWords);
    words[this.clockHand] = 0;
  }
}
