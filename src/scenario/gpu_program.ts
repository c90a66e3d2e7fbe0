import type { Access } from "../device/context.ts";
import type { Gpu } from "../device/gpu.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../machine/access_kind.ts";
import type { Ptr } from "../machine/struct.ts";
import { accessPattern, type AccessPatternName } from "./access_pattern.ts";
import { Board, idleWord, PHASE_RUN, vmWord } from "./board.ts";
import { dice } from "./dice.ts";

/** Share of reads and of writes among accesses, in percent; the rest are atomic additions. */
const READ_PERCENT = 55;
const WRITE_PERCENT = 35;

/** What one execution context of a GPU does: an endless stream of accesses to what the board names as targets. */
export function gpuProgram(options: {
  readonly words: Int32Array;
  readonly board: Ptr<"board">;
  readonly gpu: Gpu;
  readonly context: number;
  readonly seed: number;
  readonly pattern: AccessPatternName;
  /** It touches nothing. */
  readonly isIdle: boolean;
}): () => Access | null {
  const { words, board, gpu, context } = options;
  const random = dice(options.seed, 1000 + gpu.index * 16 + context);
  const nextAddress = accessPattern(options.pattern, random);
  const vmAt = vmWord(board, gpu.index);
  const idleAt = idleWord(board, gpu.index, context);
  const ownWord = (gpu.physical.writerWord(0, gpu.writer) - gpu.physical.content(0)) * 4; // reads see what this GPU wrote
  let stamps = 0;
  return () => {
    // Busy first, look second: whoever takes the address space away and then reads "idle" knows that no access follows.
    Atomics.store(words, idleAt, 0);
    const vm = Atomics.load(words, board + Board.phase) <= PHASE_RUN ? Atomics.load(words, vmAt) : 0;
    const va = vm === 0 || options.isIdle ? -1 : nextAddress(words, board);
    if (va < 0) {
      Atomics.store(words, idleAt, 1);
      return null;
    }
    const roll = random.below(100);
    const kind = roll < READ_PERCENT ? ACCESS_READ : roll < READ_PERCENT + WRITE_PERCENT ? ACCESS_WRITE : ACCESS_ADD;
    // A stamp comes again only after two million others of this context: the low bits name it, the high ones count.
    if (kind === ACCESS_WRITE) stamps = (stamps + 1) & 0x1f_ffff;
    const value = kind === ACCESS_WRITE ? (stamps << 10) | (gpu.index << 4) | (context << 1) | 1 : 1;
    return { vm: vm as Ptr<"gpu_vm">, va: va + ownWord, kind, value };
  };
}
