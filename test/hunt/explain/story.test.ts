import { describe, expect, it } from "vitest";
import { Explorer } from "../../../src/executor/explorer/engine/explore.ts";
import { Replay } from "../../../src/executor/explorer/replay/replay.ts";
import { RandomWalk } from "../../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../../src/hunt/machine/hunt_machine.ts";
import { narrate, type StoryRequest } from "../../../src/hunt/explain/story.ts";
import { HuntSubject } from "../../../src/hunt/machine/subject.ts";
import type { Story } from "../../../src/hunt/explain/finding.ts";

/** The story of one execution, drawn by chance, in the default play. */
function storyOf(seed: number, request: Partial<StoryRequest> = {}): Story {
  const explorer = new Explorer({ subject: new HuntSubject(DEFAULT_HUNT_MACHINE), strategy: new RandomWalk(seed), seed });
  explorer.run(0);
  const schedule = explorer.recording.schedule();
  return narrate(new HuntSubject(DEFAULT_HUNT_MACHINE), {
    replay: new Replay(schedule),
    steps: schedule.threads.length,
    kind: "violation",
    needed: new Set(),
    ...request,
  }).story;
}

describe("the story of an execution", () => {
  const story = storyOf(1);

  it("has a column for each processor that did something, CPUs first", () => {
    expect(story.columns).toEqual(["cpu0", "cpu1", "gpu0", "gpu1"]);
    for (const { task, column } of story.events) expect(task.split(".")[0]).toBe(story.columns[column]);
  });

  it("is in order, and every step belongs to at most one turn", () => {
    for (let i = 1; i < story.events.length; i++) {
      const [former, event] = [story.events[i - 1], story.events[i]];
      expect(event.first).toBeLessThanOrEqual(event.last);
      expect(event.first === former.first || event.first > former.last).toBe(true);
    }
  });

  it("says it in the words of the kernel, and calls nothing by its bare address", () => {
    const lines = story.events.flatMap(({ text, details }) => [text, ...details]);
    for (const words of [
      /^munmap\(0x\w+, 0x\w+\) begins$/,
      /^invalidate_range_start \[0x\w+, \+0x\w+\) UNMAP$/,
      /^frees page \d+/,
      /^fills its TLB: /,
    ]) {
      expect(lines.some((line) => words.test(line))).toBe(true);
    }
    for (const line of lines) expect(line).not.toMatch(/words\[|undefined|NaN/);
  });

  it("ends with what is wrong", () => {
    expect(story.events.filter(({ isWrong }) => isWrong)).toEqual([story.events.at(-1)]);
  });

  it("is the same each time", () => {
    expect(storyOf(1)).toEqual(story);
    expect(storyOf(2)).not.toEqual(story);
  });

  it("tells of the steps that are needed, whatever they are", () => {
    const silent = [2, 3, 5, 8].filter((step) => !story.events.some(({ first, last }) => first <= step && step <= last));
    expect(silent).not.toEqual([]);
    const asked = storyOf(1, { needed: new Set(silent) });
    for (const step of silent)
      expect(asked.events.some(({ first, last, isAside }) => first === step && last === step && !isAside)).toBe(true);
  });

  it("tells of locks when they are the point", () => {
    const aboutLocks = (told: Story) => told.events.filter(({ text }) => text.startsWith("takes ")).length;
    expect(aboutLocks(story)).toBe(0);
    expect(aboutLocks(storyOf(1, { kind: "deadlock" }))).toBeGreaterThan(0);
  });
});
