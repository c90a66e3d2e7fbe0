/** What oracles need to know of the drivers' protocols to judge their events. */
export { tlbInvalSeqnoPast } from "./tlb_inval_seqno.ts";
