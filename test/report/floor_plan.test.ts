import { expect, it } from "vitest";
import { renderFloorPlan } from "../../src/report/floor_plan.ts";

const PLAN = {
  rooms: [
    { name: "attic", inner: [], uses: ["cellar", "hall"] },
    { name: "cellar", inner: ["wine", "coal: hard, brown"], uses: [] },
    { name: "hall", inner: [], uses: ["cellar"] },
    { name: "shed", inner: [], uses: [] },
  ],
};

/** Vertical places of the boxes, by room. */
function heights(svg: string): Record<string, number> {
  const boxes = svg.matchAll(/<rect class="room" x="\d+" y="(\d+)"[^>]*><text class="name"[^>]*>(\w+)</g);
  return Object.fromEntries([...boxes].map(([, y, name]) => [name, Number(y)]));
}

it("puts each room above all that it uses", () => {
  const { attic, hall, cellar } = heights(renderFloorPlan(PLAN));
  expect(attic).toBeLessThan(hall);
  expect(hall).toBeLessThan(cellar);
});

it("draws no arrow where others lead there by way of a room between", () => {
  expect(renderFloorPlan(PLAN).match(/class="use"/g)).toHaveLength(2);
});

it("shows a room that nobody uses and that uses nobody, and what is within a room", () => {
  const svg = renderFloorPlan(PLAN);
  expect(Object.keys(heights(svg)).toSorted()).toEqual(["attic", "cellar", "hall", "shed"]);
  expect(svg).toContain(">wine · coal: hard,<");
});
