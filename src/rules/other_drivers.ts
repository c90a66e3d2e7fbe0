import type { Section } from "./rule.ts";
import { K } from "./sources.ts";

export const OTHER_DRIVERS = {
  title: "Other drivers",
  text: "Designs that differ: nouveau with both kinds of notifier, amdgpu with one lock for a device, RDMA with fixed intervals.",
  rules: [
    {
      id: "RULES 74",
      title: "nouveau unmaps in a classic notifier",
      text: `The classic notifier unmaps under svmm->mutex: -EAGAIN if it must not block, no range_end, MIGRATE of its own owner
        ignored. An interval notifier is made for each fault, and only takes the mutex (tried, if it must not block) and sets
        the number. The complete account is RULES 85 to 88, which replace this one.`,
      source: "nouveau_svm.c",
      mark: "S",
    },
    {
      id: "RULES 75",
      title: "amdgpu has one notifier lock for the whole device",
      text: `notifier_lock is a mutex of the device. Graphics: set the number, wait for the BOOKKEEP fences under the mutex.
        Compute (HSA): evict the process's queues. Invalidations of all processes that use one GPU come one after the other (A).`,
      source: "amdgpu",
      mark: "S; A for the consequence",
    },
    {
      id: "RULES 76",
      title: "mlx5's implicit mode has intervals aligned to its tables",
      text: `Intervals come and go, aligned to the levels of the hardware's page table, and are found with one lockless xa_load.
        A notifier is released when its leaf is empty; RCU looks after its lifetime.`,
      source: "Gunthorpe, 16 Jan 2020",
      mark: "R",
    },
    {
      id: "RULES 85",
      title: "nouveau's classic ops: range_start and free, no more",
      text: `invalidate_range_start runs under svmm->mutex; if it must not block it returns -EAGAIN. It returns 0 at once if
        svmm->vmm is gone, ignores MIGRATE of its own owner, and otherwise unmaps the range on the GPU. The other one is
        free_notifier.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 86",
      title: "nouveau's file is closed after the process's memory went",
      text: `fini of the svmm takes the mutex, clears vmm and puts the notifier. Exit takes the address space down first and
        closes files then.`,
      source: K,
      mark: "S",
    },
    {
      id: "RULES 87",
      title: "A nouveau fault watches one page with its own notifier",
      text: `Find the svmm under svm->mutex; no reference is taken, and a later fix (Aug 2026) drains the handler before the
        svmm is freed (L). A temporary interval notifier over one page; hmm_range_fault; commit under svmm->mutex if read_retry
        allows.

        The interval callback takes the mutex (tried, if it must not block) and sets the number. For EXCLUSIVE of its own owner
        it returns true without setting it. Before 7.3 one second bounds all rounds together; from 7.3 each round after a failed
        read_retry has a time-out of its own.`,
      source: K,
      mark: "S; L for the later fix",
    },
    {
      id: "RULES 88",
      title: "nouveau commits as much as the CPU maps at once",
      text: "2 MiB where the page is huge, aligned down.",
      source: K,
      mark: "S",
    },
  ],
} as const satisfies Section;
