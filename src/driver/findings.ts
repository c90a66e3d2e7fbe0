/** What oracles object to in designs, each written up in docs/findings. Which designs have it is said in their records. */
export interface KnownFinding {
  readonly number: number;
  /** Of its page in docs/findings, without the number. */
  readonly page: string;
  /** Where it lies, if that is not a design. */
  readonly where?: string;
  /** The rules that are broken, as reports name them. */
  readonly rules: string;
  readonly title: string;
  /** Designs or options that do not have it. */
  readonly corrected: readonly string[];
}

export const KNOWN_FINDINGS: readonly KnownFinding[] = [
  {
    number: 1,
    page: "second-invocation-overtakes-flush",
    rules: "join (I14), I18, RULES 21",
    title: "a second invocation returns, and unmaps the pages, while the flush of the first is still in flight",
    corrected: ["xe-userptr-joined", "gpusvm-two-pass-checked"],
  },
  {
    number: 2,
    page: "timed-out-flush-counts-as-done",
    rules: "join (I14), RULES 70",
    title: "a TLB invalidation that times out is taken for done",
    corrected: ["xe-userptr-joined", "gpusvm-two-pass-checked"],
  },
  {
    number: 3,
    page: "pass-counter-entered-again",
    rules: "I21, livelock, RULES 20",
    title: "one fence in each notifier is sent again while it is pending",
    corrected: ["pass-counter-seqno"],
  },
  {
    number: 4,
    page: "user-lock-across-passes",
    rules: "deadlock, I23, RULES 28",
    title:
      "a user lock held across the passes: if it is an address space's, a range that hits two of its notifiers waits for itself",
    corrected: ["two-pass"],
  },
  {
    number: 5,
    page: "blocking-for-a-finish-object",
    where: "two passes, blocking for the finish object (argued, never posted)",
    rules: "deadlock",
    title: "who waits for a finish object with the user lock held waits for who waits for the lock",
    corrected: ["--finish block", "--finish join"],
  },
  {
    number: 6,
    page: "page-bound-between-the-passes",
    rules: "I16, I18, stale access, RULES 22, 62",
    title: "pages are bound between the passes, whose flags still call them valid",
    corrected: ["gpusvm-two-pass-checked"],
  },
  {
    number: 7,
    page: "refused-range-is-counted-forever",
    where: "the merged core",
    rules: "I1, hang, RULES 31",
    title: "a range that a classic notifier refuses stays counted: readers sleep forever",
    corrected: ["nouveau-undone"],
  },
];
