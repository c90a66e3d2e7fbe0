import { expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { bootMachine } from "../../src/boot/machine.ts";
import { countProgress } from "../../src/boot/progress.ts";
import { cpuTaskBody, gpuTaskBodies } from "../../src/boot/task_bodies.ts";
import { Engine } from "../../src/executor/explorer/engine/engine.ts";
import { Rng } from "../../src/executor/explorer/engine/rng.ts";
import { endDisturbance } from "../../src/scenario/board.ts";
import { SCENARIO_NAMES } from "../../src/scenario/catalogue.ts";

const SEED = 5;
const INVALIDATIONS = 25;
const MOST_STEPS = 400_000;
/** Here processes end when contexts say that they are idle, which they do on the scenario's board and not in a step. */
const ENDS_PROCESSES = new Set(["exit", "oom"]);

/** What the sanitizers say to a random walk of a whole scenario. */
function saidOf(driver: string, scenario: string): string[] {
  const config = {
    ...DEFAULT_CONFIG,
    driver,
    scenario,
    gpus: 2,
    cpus: 2,
    contexts: 1,
    frames: 1024,
    tlbLatencyUs: 0,
    preemptLatencyUs: 0,
    seed: SEED,
  };
  const machine = bootMachine(config);
  const { world, tracer } = machine;
  const said: string[] = [];
  const say = ({ kind, message }: { kind: string; message: string }) => {
    said.push(`${kind}: ${message}`);
  };
  countProgress(world.layout, tracer, INVALIDATIONS, (memory) => endDisturbance(memory, world.board));
  const sanitizers = machine.sanitize(say);
  const words = machine.powerOn();
  const rng = new Rng(SEED);
  const engine = new Engine(words, { choose: (percent) => rng.percent(percent), stepUs: 0.05 });
  sanitizers.begin(engine);
  const hardware = { words, tracer, interleaved: true, nowUs: () => engine.nowUs };
  for (let cpu = 0; cpu < config.cpus; cpu++) {
    const { task, body } = cpuTaskBody(world, cpu, hardware);
    engine.spawn(task, body);
  }
  for (let gpu = 0; gpu < config.gpus; gpu++)
    for (const { task, body } of gpuTaskBodies(world, gpu, hardware)) engine.spawn(task, body);
  while (engine.alive > 0 && engine.steps < MOST_STEPS && (engine.enabled.length > 0 || engine.passTime())) {
    if (engine.enabled.length === 0) continue;
    engine.step(rng.pick(engine.enabled));
    sanitizers.stepped(engine);
  }
  return ENDS_PROCESSES.has(scenario) ? said.filter((text) => !text.startsWith("data-race")) : said;
}

it.each(SCENARIO_NAMES)("have nothing to say to a random walk through %s", (scenario) => {
  expect([saidOf("two-pass", scenario), saidOf("xe-userptr-joined", scenario)]).toEqual([[], []]);
});
