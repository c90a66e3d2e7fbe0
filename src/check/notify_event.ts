/** MMU_NOTIFY_MIGRATE and MMU_NOTIFY_EXCLUSIVE (RULES 13). */
const MIGRATE = 6;
const EXCLUSIVE = 7;

/** May a driver leave its mappings alone, because it caused this invalidation itself (RULES 13)? */
export function mayBeSkipped(event: number): boolean {
  return event === MIGRATE || event === EXCLUSIVE;
}
