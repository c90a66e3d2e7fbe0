/** May sleep and reclaim; fails only if nothing can be reclaimed. */
export const GFP_KERNEL = 0;
/** Neither sleeps nor reclaims; may fail at any time. */
export const GFP_NOWAIT = 1;
export type Gfp = typeof GFP_KERNEL | typeof GFP_NOWAIT;

export const GFP_NAMES = ["GFP_KERNEL", "GFP_NOWAIT"] as const;
