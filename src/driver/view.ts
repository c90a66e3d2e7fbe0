/** What oracles need to know of the drivers' protocols to judge their events. */
export { ownerOf } from "./owner.ts";
export { tlbInvalSeqnoPast } from "./parts/tlb_inval_seqno.ts";
