/** Callbacks of classic notifiers as tracepoint `hlist_call` numbers them. */
export const HLIST_OP_RELEASE = 0;
export const HLIST_OP_CLEAR_FLUSH_YOUNG = 1;
export const HLIST_OP_CLEAR_YOUNG = 2;
export const HLIST_OP_TEST_YOUNG = 3;
export const HLIST_OP_RANGE_START = 4;
export const HLIST_OP_RANGE_END = 5;
export const HLIST_OP_ARCH_INVALIDATE = 6;

export const HLIST_OP_NAMES = [
  "RELEASE",
  "CLEAR_FLUSH_YOUNG",
  "CLEAR_YOUNG",
  "TEST_YOUNG",
  "RANGE_START",
  "RANGE_END",
  "ARCH_INVALIDATE",
] as const;
