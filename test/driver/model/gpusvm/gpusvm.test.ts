import { expect, it } from "vitest";
import { walks } from "../../walks.ts";

it.each(["gpusvm", "gpusvm-two-pass-checked"])(
  "%s keeps GPUs off pages that are taken away, in big ranges and in small ones",
  (driver) => {
    const seen = [
      walks(15, { driver }),
      walks(10, { driver, frames: 512 }, { pages: 40, operations: 5 }),
      walks(5, { driver, gpuConfig: { contexts: 2, tlbLatencyUs: 5 } }, { exitsEarly: true }),
    ];
    expect(seen.flatMap(({ violations }) => violations)).toEqual([]);
    for (const { accesses, commits } of seen) expect([accesses, commits]).not.toContain(0);
  },
);

it("gpusvm-two-pass-checked survives allocations that fail", () => {
  const seen = walks(10, { driver: "gpusvm-two-pass-checked", driverOptions: { finish: { kind: "nowait", failPercent: 50 } } });
  expect(seen.violations).toEqual([]);
  expect(seen.fallbacks).toBeGreaterThan(0);
});
