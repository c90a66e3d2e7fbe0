import { expect, test } from "vitest";
import { clockSince } from "../../../src/executor/threads/clock.ts";
import { muster } from "../../fixtures/threads/crew.ts";

/** Two threads' readings are off by how long their calibrations were disturbed; causes still come before effects. */
const TOLERANCE_US = 500;

test("time starts at boot and does not run backwards", () => {
  const nowUs = clockSince(process.hrtime.bigint() - 5_000_000n);
  let last = nowUs();
  expect(last).toBeGreaterThanOrEqual(5_000 - TOLERANCE_US);
  for (let i = 0; i < 10_000; i++) {
    const now = nowUs();
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

test("a worker's clock agrees with main's: an answer is neither older than its question nor newer than its arrival", async () => {
  const crew = await muster({ gpus: 0, workers: 1 });
  try {
    for (let i = 0; i < 20; i++) {
      const asked = crew.machine.nowUs();
      const answered = await crew.workers[0].call((api) => api.nowUs());
      expect(answered).toBeGreaterThanOrEqual(asked - TOLERANCE_US);
      expect(answered).toBeLessThanOrEqual(crew.machine.nowUs() + TOLERANCE_US);
    }
  } finally {
    await crew.dismiss();
  }
});
