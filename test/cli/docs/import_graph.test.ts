import { expect, it } from "vitest";
import { floorPlanOf, importGraph } from "../../../src/cli/docs/import_graph.ts";

it("reads rooms, rooms within them and whom they use off files and their imports", () => {
  const graph = new Map([
    ["src/index.ts", ["src/hall/door.ts"]],
    ["src/attic/box.ts", ["src/hall/door.ts", "src/attic/lid.ts"]],
    ["src/attic/lid.ts", []],
    ["src/hall/door.ts", []],
    ["src/hall/left/wall.ts", []],
    ["src/hall/left/corner/stool.ts", []],
  ]);
  expect(floorPlanOf(graph)).toEqual({
    rooms: [
      { name: "attic", inner: [], uses: ["hall"] },
      { name: "hall", inner: ["left: corner"], uses: [] },
    ],
  });
});

it("finds the imports of this project's sources, types aside", async () => {
  const graph = await importGraph();
  expect(graph.get("src/machine/step.ts")).toEqual([]);
  expect(graph.get("src/machine/access_step.ts")).toEqual(["src/machine/step.ts", "src/machine/tool_error.ts"]);
});
