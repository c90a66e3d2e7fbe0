import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bugNamed } from "../../../src/bugs/catalogue.ts";
import type { CorpusEntry } from "../../../src/cli/corpus.ts";
import { parseToken } from "../../../src/executor/explorer/replay/token.ts";
import { explorerBundle } from "../../../src/bundle/explorer_bundle.ts";

const DIRECTORY = fileURLToPath(new URL("../../corpus/", import.meta.url));

type Explore = typeof import("../../../workers/explore.ts");

const ENTRIES = readdirSync(DIRECTORY)
  .toSorted()
  .map((file) => JSON.parse(readFileSync(DIRECTORY + file, "utf8")) as CorpusEntry);

async function explorer(name: string | null): Promise<Explore> {
  const bug = name === null ? null : bugNamed(name);
  return (await import(/* @vite-ignore */ await explorerBundle(bug))) as Explore;
}

describe("the corpus of smallest schedules (npm run corpus makes it anew)", () => {
  it.each(ENTRIES.map((entry) => [entry.bug, entry] as const))(
    "%s still fails, as briefly as it can, and its token brings back the same report",
    async (_bug, entry) => {
      const { recheck, replayToken } = await explorer(entry.bug);
      const content = parseToken(entry.token);
      const sizes = recheck({ content, signature: `${entry.kind} ${entry.rule}` });
      expect(sizes?.minimised).toEqual(sizes?.replayed);
      expect(sizes?.isMinimal).toBe(true);
      expect(sizes?.replayed).toEqual({ steps: entry.steps, switches: entry.switches });
      const { finding, divergence, resynchronised } = replayToken(content);
      expect({ divergence, resynchronised }).toEqual({ divergence: null, resynchronised: 0 });
      expect(finding).toMatchObject({
        failure: { kind: entry.kind, rule: entry.rule },
        explanation: { depth: entry.depth, reproduced: { failed: 10, times: 10 }, token: entry.token },
      });
      expect(JSON.stringify(replayToken(parseToken(entry.token)).finding)).toBe(JSON.stringify(finding));
    },
  );

  it("does not fail without the bugs", async () => {
    const { replayToken } = await explorer(null);
    for (const { token } of ENTRIES) expect(replayToken(parseToken(token)).finding).toBeNull();
  });
});
