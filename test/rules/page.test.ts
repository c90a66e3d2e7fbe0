import { expect, it } from "vitest";
import { anchorOf, renderRulePage } from "../../src/rules/page.ts";
import { RULES } from "../../src/rules/catalogue.ts";

const PAGE = renderRulePage();

it("has a place of its own forevery rule, and no link that leads nowhere", () => {
  const places = [...PAGE.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
  expect(places.toSorted()).toEqual(RULES.map(anchorOf).toSorted());
  expect(new Set(places).size).toBe(places.length);
  expect([...PAGE.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id).filter((id) => !places.includes(id))).toEqual([]);
});

it("sets names of the kernel as code, and takes nothing for markup", () => {
  expect(PAGE).toContain("`tile_present` & \\~`tile_invalidated`");
  expect(PAGE).toContain("Outside `mmap_lock`: `xe_madvise_work_func` takes `vm->lock`");
  expect(anchorOf({ id: "RULES b 8'" })).toBe("rules-b-8-prime");
  expect(anchorOf({ id: "LATENCIES 4.7" })).toBe("latencies-4-7");
});
