import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../../../src/boot/config.ts";
import { World } from "../../../../src/boot/world.ts";
import type { Gpu } from "../../../../src/device/gpu.ts";
import { Svm } from "../../../../src/driver/argued/svm/svm.ts";
import { TicketFinish } from "../../../../src/driver/argued/svm/ticket_finish.ts";
import { parseFinishOption } from "../../../../src/driver/options.ts";
import { Layout } from "../../../../src/machine/layout.ts";
import { NULL } from "../../../../src/machine/struct.ts";
import type { Task } from "../../../../src/machine/task.ts";
import { TestMachine } from "../../machine.ts";
import { FLUSH_US, munmapSharedPage } from "../../shared_page.ts";

const GPUS = 4;

const munmap = (finish: string) => munmapSharedPage("two-pass", GPUS, finish);

describe("a source of finish objects", () => {
  it("with a ticket for each CPU has its place in memory, however many GPUs there are", () => {
    const wordsOf = (gpus: number) =>
      new World({ ...DEFAULT_CONFIG, driver: "two-pass", gpus, finish: parseFinishOption("join") }).layout.words;
    expect(wordsOf(600)).toBeGreaterThan(wordsOf(200)); // the last GPUs share a word to write to
  });

  it("with a ticket for each CPU asks the kernel how many there are, not where GPUs write to", () => {
    const { kernel, gpus } = new TestMachine({ driver: "two-pass" });
    const svm = new Svm(new Layout(), kernel, [Object.create(gpus[0], { writer: { value: 1 } }) as Gpu]);
    const tickets = new TicketFinish(new Layout(), svm);
    const chunk = svm.chunks.at(1);
    const taken = (id: number) => tickets.take({ id } as Task, 0, chunk).next().value as number;
    const ids = Array.from({ length: kernel.config.cpus }, (_, cpu) => cpu + 1);
    expect(new Set(ids.map(taken)).size).toBe(ids.length);
    expect(ids.map(taken)).not.toContain(NULL);
    expect(taken(kernel.config.cpus + 1)).toBe(NULL);
  });

  it("that all GPUs share is emptied by those that come first: the last ones pay, one after the other", () => {
    expect(munmap("shared-pool:4")).toEqual({ fallbacks: [], latencyUs: FLUSH_US });
    expect(munmap("shared-pool:2")).toEqual({ fallbacks: [2, 3], latencyUs: 2 * FLUSH_US }); // two overlap with the third
    expect(munmap("shared-pool:0")).toEqual({ fallbacks: [0, 1, 2, 3], latencyUs: GPUS * FLUSH_US });
  });

  it.each(["pool:1", "embedded", "block", "join"])("of each GPU's own, as %s, is not", (finish) => {
    expect(munmap(finish)).toEqual({ fallbacks: [], latencyUs: FLUSH_US });
  });
});
