import { expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { bootMachine } from "../../src/boot/machine.ts";
import { cpuTaskBody, gpuTaskBodies } from "../../src/boot/task_bodies.ts";
import { Engine } from "../../src/executor/explorer/engine/engine.ts";
import { Rng } from "../../src/executor/explorer/engine/rng.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { Board, endDisturbance, PHASE_DRAIN } from "../../src/scenario/board.ts";
import { parseStrace } from "../../src/scenario/strace/reader.ts";
import type { WorkloadReplay } from "../../src/scenario/workload.ts";

const MAP = "PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)";

/** Two programs at the same addresses; the GPUs work for the first. */
const TWO_PROGRAMS = Array.from({ length: 4 }, () => [
  `1 mmap(NULL, 65536, ${MAP} = 0x7f0000000000`,
  `2 mmap(NULL, 65536, ${MAP} = 0x7f0000000000`,
  "2 munmap(0x7f0000000000, 65536) = 0",
  "1 munmap(0x7f0000000000, 65536) = 0",
]).flat();

const replay: WorkloadReplay = {
  workload: parseStrace("log", ["1 brk(NULL) = 0x550000000000", "2 brk(NULL) = 0x560000000000", ...TWO_PROGRAMS]),
  rounds: Infinity,
};

/** The limit comes when CPU 1 is in a call, and CPU 1 then stands still for as long as all others care to run. */
function stopInACall(scenario: string, of: WorkloadReplay | null) {
  const config = { ...DEFAULT_CONFIG, gpus: 2, cpus: 2, contexts: 1, frames: 4096, tlbLatencyUs: 2, scenario };
  const machine = bootMachine(config, of);
  const { world, tracer } = machine;
  let isInCall = false;
  const enter = ({ name, words }: { name: string; words: Int32Array }) => {
    if (name !== "cpu1" || isInCall) return;
    isInCall = true;
    endDisturbance(words, world.board);
  };
  tracer.on("record", kernelEvents.syscallEnter, enter);
  const oracles = machine.watch();
  const words = machine.powerOn();
  const rng = new Rng(1);
  const engine = new Engine(words, { choose: (percent) => rng.percent(percent), stepUs: 0.05 });
  const hardware = { words, tracer, interleaved: true, nowUs: () => engine.nowUs };
  for (let cpu = 0; cpu < config.cpus; cpu++) {
    const { task, body } = cpuTaskBody(world, cpu, hardware);
    engine.spawn(task, body);
  }
  for (let gpu = 0; gpu < config.gpus; gpu++)
    for (const { task, body } of gpuTaskBodies(world, gpu, hardware)) engine.spawn(task, body);
  const step = (mayRun: (name: string) => boolean) => {
    const able = engine.enabled.filter(({ task }) => mayRun(task.name));
    if (able.length > 0) engine.step(rng.pick(able));
    else if (!engine.passTime() && able.length === engine.enabled.length) throw new Error("nobody can run any more");
  };
  while (!isInCall && engine.steps < 200_000) step(() => true);
  for (let steps = 0; steps < 20_000; steps++) step((name) => name !== "cpu1");
  const phase = words[world.board + Board.phase];
  while (engine.alive > 0) step(() => true);
  machine.drawBalance(oracles, engine.threads[0].task);
  return { phase, violations: oracles.violations().map(({ message }) => message) };
}

it.each([
  ["a log of two programs", "mixed", replay],
  ["processes", "processes", null],
  ["notifier-churn", "notifier-churn", null],
  ["mixed", "mixed", null],
])("%s: nothing is taken down before the last call has returned", (_, scenario, of) => {
  expect(stopInACall(scenario, of)).toEqual({ phase: PHASE_DRAIN, violations: [] });
});
