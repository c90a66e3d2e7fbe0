import { describe, expect, it } from "vitest";
import { FLUSH_US, munmapSharedPage } from "../shared_page.ts";

const latencyUs = (driver: string) => munmapSharedPage(driver, 2).latencyUs;

describe("drivers with two and with three stages in one process", () => {
  it("lose their overlap in a naive list: who waits in front keeps the other from sending its flush (RULES d 2)", () => {
    expect(latencyUs("n-pass,n-pass-3")).toBe(2 * FLUSH_US);
    expect(latencyUs("n-pass-3,n-pass")).toBe(FLUSH_US); // by luck of the order
  });

  it("keep it if each goes on as soon as it is ready", () => {
    expect(latencyUs("n-pass-own,n-pass-3-own")).toBe(FLUSH_US);
    expect(latencyUs("n-pass-3-own,n-pass-own")).toBe(FLUSH_US);
  });
});

it.each([
  "two-pass",
  "n-pass",
  "n-pass-3",
  "n-pass-own",
  "n-pass-3-own",
  "start-end",
  "pass-counter-seqno",
  "multiplexed",
  "lock-across-passes",
])("%s waits for all GPUs at once", (driver) => {
  expect(latencyUs(driver)).toBe(FLUSH_US);
});
