import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of heap that what `make` returns keeps alive. */
export function heapGrowth(make: () => unknown): number {
  const before = liveHeap();
  const made = make();
  return keep(made, liveHeap() - before);
}

/** Bytes of heap that something keeps alive now. */
export function liveHeap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

/** The object must still be reachable when the heap is looked at. */
function keep(_object: unknown, bytes: number): number {
  return bytes;
}
