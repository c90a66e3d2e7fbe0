/**
 * What the overlap of a run means. One pass waits for device after device, so waiting takes the sum of their latencies;
 * two passes start all before they wait for any, so it takes little more than the longest (RULES 23).
 * @param overlap sum of the devices' latencies over the time waited; null if nothing was waited for
 * @param devices how many devices an invalidation that flushed any had to wait for, on average: the most that overlap can be
 */
export function overlapSentence(overlap: number | null, devices: number): string {
  if (overlap === null || !Number.isFinite(overlap))
    return "no invalidation had to wait for a device, so there was nothing to overlap";
  if (devices < 1.05) return "an invalidation flushed one GPU at a time, so there was nothing to overlap";
  if (overlap < 0.7) return "below 1: more time went into the software around the devices than into the devices";
  const flushed = `${devices.toFixed(1)} GPUs flushed per invalidation`;
  if (overlap < 1 + (devices - 1) * 0.25)
    return `near 1, of ${flushed}: they were waited for one after the other, or the software in between took as long as they did`;
  if (overlap > 1 + (devices - 1) * 0.75) return `of ${flushed}: they worked side by side, as two passes let them`;
  return `of ${flushed}: they worked side by side for part of the time`;
}
