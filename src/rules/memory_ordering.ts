import type { Rule } from "./rule.ts";

export const MEMORY_ORDERING = {
  id: "RULES b2",
  title: "How the notifier core and drivers order their accesses",
  text: `Which access is made by which primitive, under which lock, and what it pairs with.

    On an emulator in JavaScript (A): all Atomics are sequentially consistent, and plain accesses to typed arrays are no model
    of weak memory that could be steered. A race that depends on weak ordering alone does not appear by itself; it has to be
    injected, as store buffers or delayed visibility. Races of locks, orders and lifetimes do appear. Sequence numbers have 64
    bits, or their wrapping is tested on purpose.`,
  source: "the sources named in the rules",
  mark: "S; A for the note on JavaScript",
  table: [
    ["access", "primitive", "lock", "pairs with"],
    ["sub.seq, written in a callback", "WRITE_ONCE (set_seq)", "user lock", "READ_ONCE in read_begin and check_retry"],
    ["sub.seq in read_begin", "READ_ONCE", "subs.lock", "the former; the barrier that counts comes from the user lock later"],
    ["sub.seq in read_retry", "plain", "user lock", "the plain set under the same lock"],
    ["sub.seq in check_retry", "READ_ONCE", "none", "advisory only"],
    ["subs.seq, active ranges", "plain", "subs.lock", "-"],
    ["subs.seq in read_begin's wait", "READ_ONCE", "none", "wake_up_all after the unlock"],
    ["subs.seq in remove's wait", "plain", "subs.lock", "orders the deferred changes"],
    [
      "mm->notifier_subscriptions, published",
      "smp_store_release",
      "mmap_lock for writing and all locks",
      "smp_load_acquire in insert; plain reads in start, end, has_notifiers",
    ],
    ["has_itree", "plain bool that stays true", "set under all locks", "plain reads"],
    ["tile_invalidated", "WRITE_ONCE", "notifier_lock", "READ_ONCE in xe_vm_has_valid_gpu_mapping, lockless"],
    [
      "gpusvm's page flags",
      "WRITE_ONCE of the whole word",
      "notifier_lock",
      "READ_ONCE in a lockless check, repeated under the lock",
    ],
    ["seqno_recv", "WRITE_ONCE", "pending_lock", "READ_ONCE in a lockless test"],
    ["zap of the GPU's entry, then the TLB message", "xe_device_wmb", "notifier_lock", "the device"],
  ],
} as const satisfies Rule;
