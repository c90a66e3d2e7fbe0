import { expect, test } from "vitest";
import { GotTime, LOOK_MS, type Host } from "../../../src/executor/threads/got_time.ts";

/** A host whose clock and whose queues a test sets, in milliseconds. */
class TestHost implements Host {
  ms = 0;
  readonly waitedMs: Record<string, number> = {};

  nowUs(): number {
    return this.ms * 1000;
  }

  waitedUs(): Map<string, number> {
    return new Map(Object.entries(this.waitedMs).map(([thread, ms]) => [thread, ms * 1000]));
  }
}

/** Milliseconds got after so many looks, each in time. */
function look(time: GotTime, host: TestHost, looks: number, waitsMs = 0): number {
  let gotUs = 0;
  for (let i = 0; i < looks; i++) {
    host.ms += LOOK_MS;
    if (waitsMs > 0) host.waitedMs["2"] = (host.waitedMs["2"] ?? 0) + waitsMs;
    gotUs = time.look();
  }
  return gotUs / 1000;
}

test("on a host with a core for everybody all time counts", () => {
  const host = new TestHost();
  host.waitedMs["1"] = 500; // before anybody looked
  expect(look(new GotTime(host), host, 40)).toBe(40 * LOOK_MS);
});

test("of a minute in which the process was stopped next to nothing counts", () => {
  const host = new TestHost();
  const time = new GotTime(host);
  host.ms += 60_000;
  expect(time.look() / 1000).toBe(2 * LOOK_MS);
});

test("time in which a thread waits for a core does not count", () => {
  const host = new TestHost();
  expect(look(new GotTime(host), host, 10, 0.9 * LOOK_MS)).toBeCloseTo(LOOK_MS);
});

test("a wait that is told of when it is over is taken off what follows", () => {
  const host = new TestHost();
  const time = new GotTime(host);
  expect(look(time, host, 4)).toBe(4 * LOOK_MS);
  host.waitedMs["2"] = 8 * LOOK_MS;
  expect(look(time, host, 8)).toBe(4 * LOOK_MS);
  expect(look(time, host, 1)).toBe(5 * LOOK_MS);
});
