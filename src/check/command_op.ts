/** CMD_TLB_INVAL_RANGE and CMD_TLB_INVAL_ALL: what a GPU is asked, as `op` of command_done. */
const TLB_INVAL_RANGE = 1;
const TLB_INVAL_ALL = 2;

export function isTlbInvalidation(op: number): boolean {
  return op === TLB_INVAL_RANGE || op === TLB_INVAL_ALL;
}
