import { check, CheckError, type CheckOptions } from "./check.ts";
import type { Subject } from "./engine/subject.ts";

/** What a matcher returns to Vitest or Jest. */
export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/** For `expect.extend(explorerMatchers)`: then `expect(program).toHoldInAllSchedules({ strategy: "dpor" })` tells what fails. */
export const explorerMatchers = {
  toHoldInAllSchedules(subject: Subject, options?: CheckOptions): Matched {
    try {
      const { schedules, exhaustive } = check(subject, options);
      const explored = `${schedules} executions${exhaustive ? ", which is all there is" : ""}`;
      return { pass: true, message: () => `${subject.name} fails in none of ${explored}` };
    } catch (error) {
      if (!(error instanceof CheckError)) throw error;
      return { pass: false, message: () => error.message };
    }
  },
};
