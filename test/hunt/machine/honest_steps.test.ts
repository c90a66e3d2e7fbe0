import { expect, it } from "vitest";
import { Engine } from "../../../src/executor/explorer/engine/engine.ts";
import { Rng } from "../../../src/executor/explorer/engine/rng.ts";
import { HonestSteps } from "../../../src/executor/explorer/sanitizer/honest_steps.ts";
import { DEFAULT_HUNT_MACHINE } from "../../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../../src/hunt/machine/subject.ts";
import { Layout } from "../../../src/machine/layout.ts";
import { addrOf, stepOf, WRITE } from "../../../src/machine/step.ts";
import { struct, u32 } from "../../../src/machine/struct.ts";
import { Task } from "../../../src/machine/task.ts";
import { machineEvents } from "../../../src/machine/tracepoints.ts";
import { Tracer } from "../../../src/machine/tracer.ts";

/**
 * Written under the name of another word, by field, and why that is no lie: whoever reads the word does so under the same name.
 * Everything else that a step writes beside its word is in an object that nobody else knows.
 */
const UNDER_ANOTHER_NAME: Readonly<Record<string, string>> = {
  gpu_command: "a request is written in one go with its first word, and read so; its phase is the engine's own",
  gpu_answer: "the same of an answer",
  gpu_fault: "the same of a fault, after its state",
  interval_tree_node: "a node is changed, and visited, under the name of its first word",
  vm_area_struct: "lives and dies under the locks of its tree and its mapping",
  tlb: "the numbers of entries change with the epoch",
  tlb_entry: "entries are looked up, filled and dropped under the name of the TLB's epoch",
  gpu_context: "counters that only the context itself counts up",
  free_link: "the links of free objects belong to the head of their list",
  page: "the last reference is gone, or nobody has got the page yet",
  word: "content of a page or slot that nobody has got yet, or that is free again",
  swap_slot: "nobody has got the slot yet",
  tlb_inval_fence: "a fence on a stack, before it is queued",
  dma_fence: "the same",
};

const SCHEDULES = 2;

function liesIn(scenario: string, driver: string): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, play: scenario, driver }, { oracles: false, sanitizers: false });
  const { layout, words, tracer } = subject;
  const honest = new HonestSteps(layout, words);
  const baseOf = (addr: number) => layout.structsAt(addr)[0]?.base ?? addr;
  /** By object: the task that allocated it and is still the only one to have touched it; 0 if it is free. */
  const privateTo = new Map<number, number>();
  tracer.on("book", machineEvents.kmemAlloc, (task, _cache, object) => privateTo.set(object, task.id));
  tracer.on("book", machineEvents.kmemFree, (_task, _cache, object) => privateTo.set(object, 0));
  const engine = new Engine(words);
  for (let seed = 0; seed < SCHEDULES; seed++) {
    const rng = new Rng(seed);
    engine.reset((percent) => rng.percent(percent));
    privateTo.clear();
    for (const { objects, capacity, type } of layout.caches) {
      for (let i = 0; i < capacity; i++) privateTo.set(objects + i * type.words, 0);
    }
    subject.start(engine);
    honest.begin();
    while (engine.enabled.length > 0 || engine.passTime()) {
      if (engine.enabled.length === 0) continue;
      const thread = rng.pick(engine.enabled);
      const touched = baseOf(addrOf(thread.next));
      if (privateTo.get(touched) !== thread.task.id) privateTo.delete(touched);
      engine.step(thread);
      honest.stepped(engine, (addr) => {
        const owner = privateTo.get(baseOf(addr));
        return owner === 0 || owner === thread.task.id || /(^|[._])owner$/.test(layout.nameOf(addr));
      });
    }
  }
  return [...honest.unannounced.keys()].filter((field) => UNDER_ANOTHER_NAME[field.split(".", 1)[0]] === undefined);
}

it.each(["unmap", "reclaim"])("steps of %s name what they write", (scenario) => {
  expect(liesIn(scenario, "two-pass")).toEqual([]);
});

it("a step that writes another word is found out", () => {
  const layout = new Layout();
  const Pair = struct("pair", { named: u32, silent: u32 });
  const pair = layout.place(Pair, "pair");
  const words = new Int32Array(layout.words);
  const honest = new HonestSteps(layout, words);
  const engine = new Engine(words);
  engine.spawn(
    new Task({ id: 1, name: "t", words, tracer: new Tracer(), interleaved: true, nowUs: () => 0 }),
    (function* () {
      yield stepOf(WRITE, pair);
      words[pair] = 1;
      words[pair + 1] = 1;
    })(),
  );
  honest.begin();
  engine.step(engine.threads[0]);
  honest.stepped(engine, () => false);
  expect([...honest.unannounced]).toEqual([["pair.silent", new Set(["pair.named"])]]);
});
