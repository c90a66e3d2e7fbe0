/**
 * Data races of the kernel and its drivers that are meant to be. A race is named by the field, and by what the two sides do, so
 * that any other race on the same field is still found.
 */
export const BENIGN_RACES = [
  {
    field: "mmu_notifier_subscriptions.has_itree",
    between: ["plain write", "plain read"],
    reason:
      "sticky, set under all locks of the mm (RULES b2): who still reads 0 registers again, under mmap_lock, and finds it set",
  },
  {
    field: "mmu_notifier_subscriptions.invalidate_seq",
    between: ["plain write", "marked read"],
    reason: "read_begin looks without the lock whether its wait is over, and is woken after the lock was dropped (RULES b2)",
  },
] as const;
