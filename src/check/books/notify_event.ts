import { MMU_NOTIFY_EXCLUSIVE, MMU_NOTIFY_MIGRATE } from "../../kernel/view.ts";
import type { OpenRange } from "./open_ranges.ts";

/** May its owner leave its mappings alone, because it caused this invalidation itself (RULES 13)? */
export function mayBeSkipped({ event, owner }: Pick<OpenRange, "event" | "owner">): boolean {
  return owner !== 0 && (event === MMU_NOTIFY_MIGRATE || event === MMU_NOTIFY_EXCLUSIVE);
}
