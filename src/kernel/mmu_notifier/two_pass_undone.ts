import { itreeInvEnd } from "./itree.ts";
import type { NotifierPasses } from "./passes.ts";
import { hasItree } from "./subscriptions.ts";
import { twoPassCore } from "./two_pass.ts";

/**
 * The merged two passes, with what the merged core does not do: if a classic notifier refuses a range that must not block, the
 * range is over for the interval notifiers too, since no range_end will follow (RULES 31; docs/findings/7).
 */
export const twoPassUndoneCore: NotifierPasses = {
  ...twoPassCore,
  name: "two-pass-undone",
  inPlaceOf: twoPassCore,
  *whenClassicRefuses(current, range, subscriptions) {
    if (yield* hasItree(current, subscriptions)) yield* itreeInvEnd(current, range.mm, subscriptions);
  },
};
