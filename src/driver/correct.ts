/** The designs that are meant to be right. (xe-userptr is a faithful model, and what is found in it is a finding.) */
export const CORRECT_DRIVERS: readonly string[] = [
  "two-pass", "single-pass", "n-pass", "n-pass-2", "n-pass-3", "n-pass-own", "n-pass-3-own", "start-end", "pass-counter-seqno",
  "multiplexed", "xe-userptr-6.18", "gpusvm", "gpusvm-two-pass-checked", "xe-userptr-joined", "xe-userptr-preempt",
  "kvm", "nouveau-undone", "amdgpu", "amdgpu-partitions",
];
