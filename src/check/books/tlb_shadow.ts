import type { Layout } from "../../machine/layout.ts";
import { FRAME_GPU_PAGE_TABLE } from "../../machine/physical.ts";
import { ptePfn } from "../../machine/pte.ts";
import { NULL, struct, u32, Word, type Ptr } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracer.ts";
import { deviceEvents } from "../../device/tracepoints.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import type { AddressSpaces } from "./address_spaces.ts";
import type { FrameShadow } from "./frame_shadow.ts";
import type { CheckWorld } from "../world.ts";

/** What the oracles know about one translation. */
export const TlbRow = struct("check_translation", {
  /** Its number: `entry` of `tlb_fill`. */
  entry: u32,
  /** Generation that the frame had when the translation was committed. */
  generation: u32,
  /** Process that the entry belongs to; 0 unknown. */
  mm: u32,
  /**
   * 1 if it came from the GPU's own page table, which mirrors the process's under the rules of the interval notifiers; 0
   * from the CPU's own table, whose secondary TLBs are only flushed after the entry was cleared (RULES 77).
   */
  isMirror: u32,
});

/** Translations of one GPU that are remembered; a power of two, several times what its TLB holds. */
const REMEMBERED = 4096;

/** Where the translations in the TLBs came from. Written and read by the GPU's own thread. */
export class TlbShadow {
  readonly #frames: FrameShadow;
  readonly #spaces: AddressSpaces;
  readonly #remembered: number;
  readonly #rows: readonly Ptr<"check_translation">[];
  /** How often a translation was asked for that is forgotten. */
  readonly #missed: Ptr<"word">;

  constructor(layout: Layout, world: CheckWorld, frames: FrameShadow, spaces: AddressSpaces) {
    this.#frames = frames;
    this.#spaces = spaces;
    this.#remembered = Math.min(world.tableRows ?? REMEMBERED, REMEMBERED);
    this.#rows = world.gpus.map((gpu) => layout.place(TlbRow, `check.${gpu.name}.translation`, this.#remembered));
    this.#missed = layout.place(Word, "check.forgotten_translations");
  }

  listen(tracer: Tracer): void {
    tracer.on("book", driverEvents.commit, (task, _gpu, _va, pte, pteAddr) => {
      // 0 means "never announced", so that an entry written by nobody we know is not judged.
      Atomics.store(task.words, this.#frames.shadowOf(pteAddr), this.#frames.generation(task.words, ptePfn(pte)) + 1);
    });
    tracer.on("book", deviceEvents.tlbFill, (task, gpu, vm, _va, pte, pteAddr, entry) => {
      const { words } = task;
      const row = this.#row(gpu, entry);
      const isMirror = this.#frames.stateAt(words, pteAddr) === FRAME_GPU_PAGE_TABLE;
      const committed = isMirror ? Atomics.load(words, this.#frames.shadowOf(pteAddr)) : 0;
      words[row + TlbRow.entry] = entry;
      words[row + TlbRow.generation] = committed !== 0 ? committed - 1 : this.#frames.generation(words, ptePfn(pte));
      words[row + TlbRow.mm] = this.#spaces.mmOf(words, vm);
      words[row + TlbRow.isMirror] = isMirror ? 1 : 0;
    });
  }

  /** What is known of translation `entry`, or NULL if it was forgotten over newer ones. */
  find(words: Int32Array, gpu: number, entry: number): Ptr<"check_translation"> {
    const row = this.#row(gpu, entry);
    if (words[row + TlbRow.entry] === entry) return row;
    Atomics.add(words, this.#missed, 1);
    return NULL;
  }

  /** How often nothing was known of a translation any more. */
  missed(words: Int32Array): number {
    return Atomics.load(words, this.#missed);
  }

  #row(gpu: number, entry: number): Ptr<"check_translation"> {
    return (this.#rows[gpu] + (entry & (this.#remembered - 1)) * TlbRow.words) as Ptr<"check_translation">;
  }
}
