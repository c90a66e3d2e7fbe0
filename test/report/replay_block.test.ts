import { expect, it } from "vitest";
import { renderReplay } from "../../src/report/replay_block.ts";
import { renderFinding } from "../../src/report/story_block.ts";
import { FAILURES } from "./failures.ts";
import { expectGolden } from "./golden.ts";

it("a failure that is still there is told as the hunt told it", () => {
  const finding = FAILURES["deadlock"];
  expect(renderReplay({ finding, divergence: null })).toBe(renderFinding(finding));
});

it("a failure that is gone is said to be", () => {
  expect(renderReplay({ finding: null, divergence: null })).toBe("PASS  it does not fail any more\n");
});

it("a replay that diverged says where, from what, and who could have run", () => {
  const text = renderReplay({
    finding: null,
    divergence: {
      step: 41,
      expected:
        "gpu0.ctx0 takes 12 steps, up to RMW xe_userptr_vma#0.notifier.invalidate_seq, which nobody has touched since " +
        "the beginning",
      found: "it is waiting",
      enabled: ["cpu0 READ_ONCE mm_struct#0.mmap_lock.count", "gpu0.engine ACQUIRE gpu0.tail"],
    },
  });
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  expectGolden("replay_diverged.txt", text);
});
