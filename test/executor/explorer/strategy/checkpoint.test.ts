import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { TraceHash } from "../../../../src/executor/explorer/measure/trace_hash.ts";
import { CHECKPOINTED } from "./checkpointed.ts";

const NAMES = Object.keys(CHECKPOINTED);
const SCRIPT = new URL("endless_exploration.ts", import.meta.url).pathname;

describe("an exploration that was killed", () => {
  it.each(NAMES)("goes on from its checkpoint to the same total: %s", async (name) => {
    const directory = mkdtempSync(join(tmpdir(), "checkpoint-"));
    const path = join(directory, "frontier.json");
    try {
      const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, name, path, "57"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      const [, signal] = (await once(child, "exit")) as [number | null, string];
      expect(signal).toBe("SIGKILL");
      const { create, subject, executions } = CHECKPOINTED[name];
      const strategy = create();
      strategy.resume(readFileSync(path, "utf8"));
      expect(strategy.executions).toBeGreaterThanOrEqual(50);
      expect(strategy.executions).toBeLessThan(executions);
      const explorer = new Explorer({ subject, strategy, seed: 1 });
      while (explorer.run(strategy.executions) !== null);
      expect(strategy.executions).toBe(executions);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("a checkpoint after any number of executions", () => {
  it.each(NAMES)("leads to the same executions in the same order: %s", (name) => {
    const { create, subject, executions } = CHECKPOINTED[name];
    const hash = new TraceHash(subject.words.length);
    const run = (isBroken: boolean): number[] => {
      let strategy = create();
      const traces: number[] = [];
      for (;;) {
        const explorer = new Explorer({ subject, strategy, seed: 1 });
        if (explorer.run(traces.length) === null) return traces;
        traces.push(hash.of(explorer.recording));
        if (!isBroken) continue;
        const text = strategy.checkpoint();
        strategy = create();
        strategy.resume(text);
      }
    };
    const traces = run(false);
    expect(traces).toHaveLength(executions);
    expect(run(true)).toEqual(traces);
  });

  it("is refused by another strategy", () => {
    expect(() => CHECKPOINTED.dpor.create().resume(CHECKPOINTED.dfs.create().checkpoint())).toThrow(
      "this is no checkpoint of dpor, but of dfs",
    );
  });
});
