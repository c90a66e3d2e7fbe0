import { MMU_NOTIFY_EXCLUSIVE, MMU_NOTIFY_MIGRATE } from "../kernel/view.ts";

/** May a driver leave its mappings alone, because it caused this invalidation itself (RULES 13)? */
export function mayBeSkipped(event: number): boolean {
  return event === MMU_NOTIFY_MIGRATE || event === MMU_NOTIFY_EXCLUSIVE;
}
