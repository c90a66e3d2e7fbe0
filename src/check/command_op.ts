/** CMD_TLB_INVAL_RANGE, CMD_TLB_INVAL_ALL and CMD_PREEMPT: what a GPU is asked, as `op` of command_done. */
const TLB_INVAL_RANGE = 1;
const TLB_INVAL_ALL = 2;
const PREEMPT = 3;

export function isTlbInvalidation(op: number): boolean {
  return op === TLB_INVAL_RANGE || op === TLB_INVAL_ALL;
}

/** Does a CPU wait for the answer? */
export function isAwaited(op: number): boolean {
  return isTlbInvalidation(op) || op === PREEMPT;
}
