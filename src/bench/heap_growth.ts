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
  collect();
  return process.memoryUsage().heapUsed;
}

/** The same with what lies outside of the heap: typed arrays. */
export function liveMemory(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function collect(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

/** The object must still be reachable when the heap is looked at. */
function keep(_object: unknown, bytes: number): number {
  return bytes;
}
