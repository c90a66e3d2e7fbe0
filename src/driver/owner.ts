import type { Gpu } from "../device/gpu.ts";

/** The `owner` of a range that the driver of `gpu` migrates itself (RULES 13); 0 is nobody. */
export function ownerOf({ index }: Pick<Gpu, "index">): number {
  return index + 1;
}
