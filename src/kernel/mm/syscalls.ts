import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";

/** Numbers of the memory system calls, those of Linux on x86-64. */
export const SYS_MMAP = 9;
export const SYS_MPROTECT = 10;
export const SYS_MUNMAP = 11;
export const SYS_BRK = 12;
export const SYS_MREMAP = 25;
export const SYS_MADVISE = 28;
export const SYS_FORK = 57;

/** Run `body` between the tracepoints of a system call. */
export function* syscall(
  current: Current,
  nr: number,
  mm: Ptr<"mm_struct">,
  args: readonly number[],
  body: () => Run<number>,
): Run<number> {
  trace(current, kernelEvents.syscallEnter, nr, mm, args[0], args[1], args[2], args[3]);
  const result = yield* body();
  trace(current, kernelEvents.syscallExit, nr, mm, result);
  return result;
}
