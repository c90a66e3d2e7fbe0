/**
 * Numbers of TLB invalidations: modular, never 0, so that 0 can mean "none" (RULES 68). A comparison is right as long as less
 * than half the range is outstanding.
 */

/** One more than the largest number. */
export const TLB_INVAL_SEQNO_MAX = 0x10_0000;

/** The number after `seqno`. */
export function nextTlbInvalSeqno(seqno: number): number {
  return seqno + 1 === TLB_INVAL_SEQNO_MAX ? 1 : seqno + 1;
}

/** Does an answer to `received` also answer `seqno`, because `seqno` was sent no later? */
export function tlbInvalSeqnoPast(received: number, seqno: number): boolean {
  const ahead = seqno - received;
  if (ahead <= -TLB_INVAL_SEQNO_MAX / 2) return false; // the numbers wrapped between `received` and `seqno`
  if (ahead >= TLB_INVAL_SEQNO_MAX / 2) return true; // they wrapped between `seqno` and `received`
  return ahead <= 0;
}
