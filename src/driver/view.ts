/** What is to be known of the drivers' protocols to judge their events, or to tell them. */
export { ownerOf } from "./owner.ts";
export { RETRY_REASONS } from "./parts/fault_retry.ts";
export { tlbInvalSeqnoPast } from "./parts/tlb_inval_seqno.ts";
