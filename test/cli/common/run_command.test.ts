import { expect, it } from "vitest";
import { interruptible } from "../../../src/cli/common/run_command.ts";

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends early what can be ended, and only that", async (name) => {
  const before = process.listenerCount(name);
  const isAborted = await interruptible((signal) => {
    process.emit(name, name);
    return Promise.resolve(signal.aborted);
  });
  expect(isAborted).toBe(true);
  expect(process.listenerCount(name)).toBe(before);
});
