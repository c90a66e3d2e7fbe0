import { expect, it } from "vitest";
import { ThreadsState } from "../../../src/executor/threads/state.ts";
import { Layout } from "../../../src/machine/layout.ts";

const doorbell = 0;

it.each([1, 2, 3, 4, 7, 64])("tells whose memory an address is in, of %d GPUs", (gpus) => {
  const regions = Array.from({ length: gpus }, (_, gpu) => ({ base: 100 + 20 * gpu, end: 110 + 20 * gpu, doorbell }));
  const state = new ThreadsState(new Layout(), 1, regions);
  for (const [gpu, { base, end }] of regions.entries()) {
    expect([base, base + 5, end - 1].map((addr) => state.gpuAt(addr))).toEqual([gpu, gpu, gpu]);
    expect([base - 1, end].map((addr) => state.gpuAt(addr))).toEqual([-1, -1]); // nobody's, between two
  }
});
