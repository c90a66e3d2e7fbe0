import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { allTracepoints } from "../../src/machine/tracepoint.ts";
import "../../src/machine/tracepoints.ts";
import "../../src/kernel/tracepoints.ts";
import "../../src/device/tracepoints.ts";
import "../../src/driver/tracepoints.ts";

const SOURCES = join(import.meta.dirname, "../../src");
const PROTOCOL = ["machine", "kernel", "device", "driver"];

it("every tracepoint is hit somewhere: who listens to one that is not hears nothing and objects to nothing", () => {
  const text = PROTOCOL.flatMap((layer) =>
    readdirSync(join(SOURCES, layer), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(SOURCES, layer, file), "utf8")),
  ).join("\n");
  const names = allTracepoints().map(({ name }) => name);
  const isHit = (name: string) =>
    text.includes(`Events.${name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}`);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !isHit(name))).toEqual([]);
});
