import type { Layout } from "../../machine/layout.ts";
import { NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracer.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { SharedTable } from "./shared_table.ts";

/** A GPU's address space as the drivers announced it. */
export const VmRow = struct("check_vm", {
  vm: u32,
  /** Process that it mirrors; 0 while it is closed. */
  mm: u32,
  gpu: u32,
  asid: u32,
});

const MAX_VMS = 4096;

/** Which process a GPU's address space mirrors. */
export class AddressSpaces {
  readonly #table: SharedTable<"check_vm">;

  constructor(layout: Layout, tableRows = MAX_VMS) {
    this.#table = new SharedTable(layout, VmRow, VmRow.vm, "vm", Math.min(tableRows, MAX_VMS));
  }

  listen(tracer: Tracer): void {
    tracer.on("book", driverEvents.vmOpen, (task, gpu, vm, mm, asid) => {
      const row = this.#table.claim(task.words, vm);
      if (row === NULL) return;
      task.words[row + VmRow.gpu] = gpu;
      task.words[row + VmRow.asid] = asid;
      Atomics.store(task.words, row + VmRow.mm, mm);
    });
    tracer.on("book", driverEvents.vmClose, (task, _gpu, vm) => {
      const row = this.#table.find(task.words, vm);
      if (row !== NULL) Atomics.store(task.words, row + VmRow.mm, 0);
    });
  }

  /** See {@link SharedTable.missed}. */
  missed(words: Int32Array): number {
    return this.#table.missed(words);
  }

  /** What is known of `vm`, or NULL. */
  find(words: Int32Array, vm: number): Ptr<"check_vm"> {
    return this.#table.find(words, vm);
  }

  /** The process that `vm` mirrors; 0 if it is not open. */
  mmOf(words: Int32Array, vm: number): number {
    const row = this.#table.find(words, vm);
    return row === NULL ? 0 : Atomics.load(words, row + VmRow.mm);
  }

  /** Call `visit` with each open address space that mirrors `mm`. */
  forEachOf(words: Int32Array, mm: number, visit: (row: Ptr<"check_vm">) => void): void {
    for (let i = this.#table.count(words) - 1; i >= 0; i--) {
      const row = this.#table.row(words, i);
      if (row !== NULL && Atomics.load(words, row + VmRow.mm) === mm) visit(row);
    }
  }

  /** The process of the only address space open on GPU `gpu`; 0 if there is none or more than one. */
  onlyMmOn(words: Int32Array, gpu: number): number {
    let only = 0;
    for (let i = this.#table.count(words) - 1; i >= 0; i--) {
      const row = this.#table.row(words, i);
      const mm = row === NULL ? 0 : Atomics.load(words, row + VmRow.mm);
      if (mm === 0 || words[row + VmRow.gpu] !== gpu) continue;
      if (only !== 0) return 0;
      only = mm;
    }
    return only;
  }
}
