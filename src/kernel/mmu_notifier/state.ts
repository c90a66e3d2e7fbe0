import type { Layout } from "../../machine/layout.ts";
import { Slab } from "../../machine/slab.ts";
import { struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { KernelConfig } from "../kernel.ts";
import type { SrcuState } from "../srcu.ts";
import { mmuNotifierFreeRcu } from "./free_rcu.ts";
import type { NotifierPasses } from "./passes.ts";
import { MmuNotifierSubscriptions, NotifierGlobals, PassWaiter } from "./structs.ts";
import { twoPassCore } from "./two_pass.ts";
import type { MmuIntervalNotifierOps, MmuIntervalPass, MmuNotifierOps } from "./types.ts";

/** Lockdep's "could wait for a notifier" (RULES 12): a lock that nobody takes, only traced as one. */
const LockdepMap = struct("lockdep_map", { key: u32 });

/** What the notifier core keeps beside the address spaces themselves. */
export class NotifierState {
  /** The design of the passes over interval notifiers. */
  readonly passes: NotifierPasses;
  readonly globals: Ptr<"mmu_notifier_globals">;
  /** `__mmu_notifier_invalidate_range_start_map` */
  readonly rangeStartMap: Ptr<"lockdep_map">;
  readonly subscriptions: Slab<"mmu_notifier_subscriptions">;
  /** Number of the SRCU callback that frees a classic notifier. */
  readonly freeRcu: number;
  /** What pass objects point to, by number less one. */
  readonly intervalPasses: MmuIntervalPass[] = [];
  readonly #passWaiters: Ptr<"pass_waiter">;
  readonly #intervalOps: MmuIntervalNotifierOps[] = [];
  readonly #ops: MmuNotifierOps[] = [];

  constructor(layout: Layout, config: KernelConfig, srcu: SrcuState) {
    this.passes = config.passes ?? twoPassCore;
    this.globals = layout.place(NotifierGlobals, "mmu_notifier_globals");
    this.rangeStartMap = layout.place(LockdepMap, "mmu_notifier_invalidate_range_start");
    this.subscriptions = new Slab(layout, MmuNotifierSubscriptions, config.mms);
    this.#passWaiters = layout.place(PassWaiter, "pass_waiter", config.tasks + 1);
    this.freeRcu = srcu.registerCallback(mmuNotifierFreeRcu);
  }

  powerOn(words: Int32Array): void {
    this.subscriptions.powerOn(words);
  }

  passWaiterOf(task: Task): Ptr<"pass_waiter"> {
    return (this.#passWaiters + task.id * PassWaiter.words) as Ptr<"pass_waiter">;
  }

  /**
   * Give an ops table a number, which is what a pointer to it looks like in shared memory. All threads register the same
   * tables in the same order at boot.
   *
   * @throws RangeError if the core would not know what to call
   */
  registerIntervalOps(ops: MmuIntervalNotifierOps): number {
    const { name, startsWith } = this.passes;
    if (ops[startsWith] === undefined && ops.invalidate === undefined) {
      const known = Object.keys(ops).join(", ") || "nothing";
      throw new RangeError(
        `mmu_interval_notifier_ops: the notifier core ${name} calls ${startsWith} or invalidate; there is ${known}`,
      );
    }
    return this.#intervalOps.push(ops); // numbers start at 1: 0 is NULL
  }

  registerIntervalPass(pass: MmuIntervalPass): number {
    return this.intervalPasses.push(pass);
  }

  registerOps(ops: MmuNotifierOps): number {
    return this.#ops.push(ops);
  }

  intervalOps(number: number): MmuIntervalNotifierOps {
    return this.#intervalOps[number - 1];
  }

  intervalPass(number: number): MmuIntervalPass {
    return this.intervalPasses[number - 1];
  }

  ops(number: number): MmuNotifierOps {
    return this.#ops[number - 1];
  }
}
