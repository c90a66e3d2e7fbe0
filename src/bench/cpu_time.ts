/**
 * Processor time that this process has used, all its threads together, in nanoseconds: other programs count for less than in
 * wall-clock time.
 */
export function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
