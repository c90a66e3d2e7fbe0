/** What a processor does to a word of process memory, in access events, faults and requests. */
export const ACCESS_READ = 0;
export const ACCESS_WRITE = 1;
/** Atomic addition; needs write permission. */
export const ACCESS_ADD = 2;

export const ACCESS_NAMES = ["read", "write", "add"] as const;
