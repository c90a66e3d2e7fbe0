import { struct, u32, u64 } from "../../machine/struct.ts";
import { Rwsem } from "../locking/rwsem.ts";
import { Spinlock } from "../locking/spinlock.ts";

/** An address space. `mmUsers` counts who may use the addresses, `mmCount` who may look at the structure. */
export const MmStruct = struct("mm_struct", {
  mmUsers: u32,
  mmCount: u32,
  mmapLock: Rwsem,
  /** Guards the upper levels of the page table. */
  pageTableLock: Spinlock,
  /** Odd while tables are taken out of the page table: what RCU is to the kernel's walks without a lock. */
  tableSeq: u32,
  /** `mmu_notifier_subscriptions`, or NULL. */
  notifierSubscriptions: u32,
  /** Frame of the root table. */
  pgd: u32,
  /** Root of the tree of VMAs, ordered by address. */
  mmMt: u32,
  mapCount: u32,
  /** MMF_* bits. */
  flags: u32,
  startBrk: u64,
  brk: u64,
});

/** The OOM reaper took pages away: who meets a missing page must not be given a fresh one. */
export const MMF_UNSTABLE = 1;
/** There is nothing more for the OOM reaper to take. */
export const MMF_OOM_SKIP = 2;
