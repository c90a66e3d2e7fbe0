import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of heap that what `make` returns keeps alive. */
export function heapGrowth(make: () => unknown): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  collect();
  const after = process.memoryUsage().heapUsed;
  return keep(made, after - before);
}

/** The object must still be reachable when the heap is looked at. */
function keep(_object: unknown, bytes: number): number {
  return bytes;
}
