/** What a WARN_ON found: the argument of tracepoint `warn`. */
export const WARN_BLOCKABLE_CALLBACK_RETURNED_FALSE = 1;
export const WARN_RELEASE_CALLBACK_RETURNED_FALSE = 2;
export const WARN_RANGE_START_ERROR_NOT_ALLOWED = 3;
export const WARN_RANGE_START_FAILED_BUT_HAS_RANGE_END = 4;
export const WARN_ARCH_TLB_AND_RANGE_OPS = 5;
export const WARN_START_WITHOUT_FINISH = 6;
export const WARN_INSERT_WITHOUT_MM_USERS = 7;
export const WARN_INSERT_IDLE_BUT_SEQ_ODD = 8;
export const WARN_REMOVE_NOT_IN_TREE = 9;
export const WARN_PUT_WITHOUT_USERS = 10;

/** Names as printed, by number. */
export const WARN_NAMES = [
  "",
  "blockable_callback_returned_false",
  "release_callback_returned_false",
  "range_start_error_not_allowed",
  "range_start_failed_but_has_range_end",
  "arch_tlb_and_range_ops",
  "start_without_finish",
  "insert_without_mm_users",
  "insert_idle_but_seq_odd",
  "remove_not_in_tree",
  "put_without_users",
] as const;
