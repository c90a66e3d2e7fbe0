/** A process address as reports print it. */
export function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** A range of process addresses, `end` exclusive. */
export function hexRange(start: number, end: number): string {
  return `[${hex(start)}, ${hex(end)})`;
}
