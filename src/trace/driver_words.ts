import { driverEvents } from "../driver/tracepoints.ts";
import { hex, ptePhrase, startAndSize } from "./format.ts";
import { sentences } from "./sentence.ts";

const RETRY_REASONS = ["", "read_retry says so", "hmm_range_fault gave -EBUSY", "the commit gave -EAGAIN"];

export const DRIVER_WORDS = sentences(driverEvents, {
  commit: (_, gpu, va, pte, _addr, sub, seq) =>
    `commits gpu${gpu} ${hex(va)} -> ${ptePhrase(pte)}${sub === 0 ? "" : `, read at seq ${seq}`}`,
  zap: (_, gpu, va, pte) => `zaps gpu${gpu} ${hex(va)}, was ${ptePhrase(pte)}`,
  faultRetry: (_, gpu, va, reason) => `begins gpu${gpu}'s fault at ${hex(va)} again: ${RETRY_REASONS[reason] ?? reason}`,
  finishFallback: (_, gpu) => `no finish object for gpu${gpu}: all in the start pass`,
  flushSubmit: (_, gpu, start, end, seqno) => `sends gpu${gpu} a TLB invalidation ${startAndSize(start, end)}, seqno ${seqno}`,
  flushWaited: (_, gpu, seqno, error) => `has waited for gpu${gpu}'s seqno ${seqno}${error === 0 ? "" : `: error ${error}`}`,
  dmaUnmap: (_, gpu, va, pfn) => `takes page ${pfn} at ${hex(va)} from gpu${gpu}`,
});
