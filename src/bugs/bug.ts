/**
 * A seeded bug: a change to the sources, as small as the mistake itself, made on their way into a bundle. The correct text knows
 * nothing of it. Each is a patch of its own, `src/bugs/<name>.patch`: what is known of it stands in lines above the diff.
 */
export interface Bug {
  /** As in `flush-skipped`: the file's name. */
  readonly name: string;
  /** What is wrong, in one line. */
  readonly summary: string;
  /** A real bug of Linux (number in BUGS, commit), or our own, with the rule that it breaks. */
  readonly origin: string;
  /** The change, as a unified diff. */
  readonly patch: string;
  /**
   * What it leads to, any of which may be seen first: rules, or kinds of failure; `stuck` if a run on one thread gets nowhere.
   * Another failure is no kill. `data-race` stands where the bug takes the lock or the order away that plain accesses rely on.
   */
  readonly breaks: readonly string[];
  /** Where it shows: in a long random run, null if hardly ever; and in which play of the explorer. */
  readonly driver: string;
  readonly scenario: string | null;
  readonly play: string;
  /** In the long random run: TLBs, and contexts, of each GPU; default 1. */
  readonly tlbDomains?: 2;
  /** What has to go wrong beside it: percentages as in the explorer's fault injection. */
  readonly faults?: Readonly<Record<string, number>>;
}
