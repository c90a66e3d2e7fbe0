/** What hmm_range_fault says about a page, and is asked for: one 32-bit word a page, the frame number in the low 24 bits. */

/** The entry leads to a frame that may be read. */
export const HMM_PFN_VALID = 1 << 30;
/** … and written. */
export const HMM_PFN_WRITE = 1 << 29;
/** There is nothing that could ever be mapped here. */
export const HMM_PFN_ERROR = 1 << 28;
/** Asked for: make the page readable. */
export const HMM_PFN_REQ_FAULT = 1 << 27;
/** Asked for, with REQ_FAULT: make it writable. */
export const HMM_PFN_REQ_WRITE = 1 << 26;

const HMM_PFN_MASK = (1 << 24) - 1;

/** Frame number of an entry that is HMM_PFN_VALID. */
export function hmmPfn(entry: number): number {
  return entry & HMM_PFN_MASK;
}
