import { addrOf, CHOICE, kindOf, READ, RELAX, RELEASE, RMW, SLEEP, WRITE, WRITE_ONCE, type Step } from "../../machine/step.ts";
import type { CacheLines } from "./cache_lines.ts";
import type { StepCosts } from "./costs.ts";
import type { Processor } from "./processor.ts";
import { CLASSES, DOORBELL, SLAB, TLB, TREE_NODE } from "./word_class.ts";

/** How long the access takes that a thread stands before, if its processor begins it now. */
export class StepCost {
  /** Time that CPUs spent on words of each class, in nanoseconds. */
  readonly busyNs = new Float64Array(CLASSES);
  readonly #costs: StepCosts;
  readonly #classes: Uint8Array;
  readonly #lines: CacheLines;

  /** @param classes of the memory's words */
  constructor(costs: StepCosts, classes: Uint8Array, lines: CacheLines) {
    this.#costs = costs;
    this.#classes = classes;
    this.#lines = lines;
  }

  /** In nanoseconds. */
  of(step: Step, processor: Processor, nowNs: number): number {
    const kind = kindOf(step);
    if (kind === SLEEP || kind === CHOICE) return 0;
    if (kind === RELAX) return processor.isCpu ? this.#costs.relaxNs : this.#costs.deviceMemoryNs;
    const addr = addrOf(step);
    const isWrite = kind === WRITE || kind === WRITE_ONCE || kind === RELEASE || kind === RMW;
    const waitNs = this.#lines.access(processor.index, addr, isWrite, nowNs);
    const wordClass = this.#classes[addr];
    if (!processor.isCpu) return this.#onDevice(kind, wordClass, waitNs);
    const ns = waitNs + this.#onCpu(kind, wordClass);
    this.busyNs[wordClass] += ns;
    return ns;
  }

  #onCpu(kind: number, wordClass: number): number {
    const costs = this.#costs;
    const isAtomic = kind === RMW;
    const ns = isAtomic ? costs.atomicNs : costs.accessNs;
    switch (wordClass) {
      case TREE_NODE:
        return kind === READ ? ns + costs.treeLevelNs : ns;
      case SLAB:
        return isAtomic ? ns + costs.allocationNs : ns;
      case DOORBELL:
        return isAtomic ? ns + costs.doorbellNs : ns;
      default:
        return ns;
    }
  }

  /** A device has its own registers at hand; memory that others write is further away. */
  #onDevice(kind: number, wordClass: number, waitNs: number): number {
    const costs = this.#costs;
    if (wordClass === TLB) return kind === RMW ? costs.deviceTlbNs : costs.deviceStepNs;
    return waitNs > 0 ? costs.deviceMemoryNs : costs.deviceStepNs;
  }
}
