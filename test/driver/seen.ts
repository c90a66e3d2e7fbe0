import { deviceEvents } from "../../src/device/tracepoints.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import type { TestMachine } from "./machine.ts";

/** What happened on a machine, so that a test can say that it saw what it is about. */
export class Seen {
  accesses = 0;
  commits = 0;
  zaps = 0;
  retries = 0;
  fallbacks = 0;
  flushes = 0;
  timeouts = 0;
  unmaps = 0;

  constructor({ tracer }: TestMachine) {
    tracer.on("record", deviceEvents.deviceAccess, () => this.accesses++);
    tracer.on("record", driverEvents.commit, () => this.commits++);
    tracer.on("record", driverEvents.zap, () => this.zaps++);
    tracer.on("record", driverEvents.faultRetry, () => this.retries++);
    tracer.on("record", driverEvents.finishFallback, () => this.fallbacks++);
    tracer.on("record", driverEvents.flushSubmit, () => this.flushes++);
    tracer.on("record", driverEvents.dmaUnmap, () => this.unmaps++);
    tracer.on("record", driverEvents.flushWaited, (_task, _gpu, _seqno, error) => {
      if (error !== 0) this.timeouts++;
    });
  }
}
