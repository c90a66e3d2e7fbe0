import type { Access, Program } from "../../device/context.ts";
import type { Gpu } from "../../device/gpu.ts";
import { ACCESS_WRITE } from "../../machine/access_kind.ts";
import { addressOf, type PageAccess, type PlayStage } from "../../scenario/play/play.ts";

/** What a context of a GPU accesses, one after the other. */
export class AccessList {
  readonly #gpu: Gpu;
  readonly #context: number;
  readonly #vms: PlayStage["vms"];
  readonly #accesses: readonly PageAccess[];
  #done = 0;

  /** @param vms by GPU, filled in by the time of the first access */
  constructor(gpu: Gpu, context: number, vms: PlayStage["vms"], accesses: readonly PageAccess[]) {
    this.#gpu = gpu;
    this.#context = context;
    this.#vms = vms;
    this.#accesses = accesses;
  }

  /** Is nothing left to access? */
  get isOver(): boolean {
    return this.#done === this.#accesses.length;
  }

  /** The program of the context. */
  fromStart(): Program {
    this.#done = 0;
    return () => (this.isOver ? null : this.#next());
  }

  #next(): Access {
    const { index, writer, physical } = this.#gpu;
    const { page, kind } = this.#accesses[this.#done++];
    const ownWord = (physical.writerWord(0, writer) - physical.content(0)) * 4; // reads see what this GPU wrote
    const stamp = (this.#done << 10) | (index << 4) | (this.#context << 1) | 1;
    return { vm: this.#vms[index], va: addressOf(page) + ownWord, kind, value: kind === ACCESS_WRITE ? stamp : 1 };
  }
}
