import type { Value } from "./trace.ts";

const ULONG_MAX = 2n ** 64n - 1n;
const PREFIX = "ULONG_MAX";

/** A 64-bit number as it is calculated with. */
export function u64Of(value: Value): bigint {
  if (typeof value === "number") return BigInt(value);
  return value === PREFIX ? ULONG_MAX : ULONG_MAX - BigInt(value.slice(PREFIX.length + 1));
}

/** A 64-bit number, modulo 2^64, as traces write it. */
export function valueOf(u64: bigint): Value {
  const value = u64 & ULONG_MAX;
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  return value === ULONG_MAX ? PREFIX : `${PREFIX}-${ULONG_MAX - value}`;
}
