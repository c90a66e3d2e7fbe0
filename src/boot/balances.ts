import type { Balance } from "../check/oracle/balance.ts";
import { balanceOf } from "../kernel/view.ts";
import type { World } from "./world.ts";

/** What must be back at zero when all processes are gone and all devices closed (RULES e): frames, swap, and every slab. */
export function balances(world: World, words: Int32Array): Balance[] {
  const { frames, swapSlots } = balanceOf(words, world.kernel);
  return [
    { name: "frames in use", expected: 0, actual: frames },
    { name: "swap slots in use", expected: 0, actual: swapSlots },
    ...world.layout.caches.map((cache) => ({ name: `${cache.name} in use`, expected: 0, actual: cache.inUse(words) })),
  ];
}
