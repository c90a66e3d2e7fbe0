/**
 * What the overlap of a run means. One pass waits for device after device, so waiting takes the sum of their latencies;
 * two passes start all before they wait for any, so it takes little more than the longest (RULES 23).
 * @param overlap sum of the devices' latencies over the time waited; null if nothing was waited for
 */
export function overlapSentence(overlap: number | null, gpus: number): string {
  if (overlap === null || !Number.isFinite(overlap)) return "no invalidation had to wait for a device, so there was nothing to overlap";
  if (gpus === 1) return "with one GPU there is nothing to overlap";
  if (overlap < 1) return "below 1: more time went into the software around the devices than into the devices";
  if (overlap < 1 + (gpus - 1) * 0.25) return "near 1: the devices were waited for one after the other, as in one pass";
  if (overlap > 1 + (gpus - 1) * 0.75) return `near ${gpus}, the number of GPUs: the devices worked side by side, as two passes let them`;
  return `between 1 and ${gpus}: the devices worked side by side for part of the time`;
}
