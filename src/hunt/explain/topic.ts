import { kernelEvents } from "../../kernel/tracepoints.ts";
import { machineEvents } from "../../machine/tracepoints.ts";

/** Which events of the frequent kinds are told of: of locks, or of objects that come and go. */
export type Topic = "locks" | "objects" | null;

/** Events of which there are too many to see anything else. */
const FREQUENT = new Map<number, Topic>([
  [kernelEvents.lockAcquired, "locks"],
  [kernelEvents.lockRelease, "locks"],
  [machineEvents.kmemAlloc, "objects"],
  [machineEvents.kmemFree, "objects"],
]);

/** Is event `id` told of where `topic` is the point? */
export function isTold(id: number, topic: Topic): boolean {
  return (FREQUENT.get(id) ?? topic) === topic;
}
