/** Why a fault starts over, and for how long. */

/** HMM_RANGE_DEFAULT_TIMEOUT: how long a fault may start over before it fails with -EBUSY (RULES 63, 87), in microseconds. */
export const FAULT_TIMEOUT_US = 1_000_000;

/** What was looked up was invalidated before the driver had it: read_retry says so. */
export const RETRY_SEQ = 1;
/** It was invalidated while it was looked up: hmm_range_fault gave -EBUSY. */
export const RETRY_BUSY = 2;
/** The driver had it, and it was invalidated before it was bound: the commit gave -EAGAIN. */
export const RETRY_COMMIT = 3;

/** What a story says of each, by number. */
export const RETRY_REASONS = ["", "read_retry says so", "hmm_range_fault gave -EBUSY", "the commit gave -EAGAIN"] as const;
