import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tightenTimers } from "../../../src/executor/threads/timer_slack.ts";

const SLACK = "/proc/self/timerslack_ns";

test("timers are as prompt as the system lets them be, and asking twice does no harm", () => {
  const before = existsSync(SLACK) ? readFileSync(SLACK, "utf8").trim() : null;
  tightenTimers();
  tightenTimers();
  const after = existsSync(SLACK) ? readFileSync(SLACK, "utf8").trim() : null;
  expect([before, "1"]).toContain(after);
});
