import { expect, test } from "vitest";
import { sendCommand } from "../../src/device/command_ring.ts";
import { engineLoop } from "../../src/device/engine.ts";
import { GpuRegisters, RING_ENTRIES } from "../../src/device/gpu.ts";
import { stopGpu } from "../../src/device/stop.ts";
import { isContextRunning } from "../../src/device/view.ts";
import { randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
import { sleepUntil } from "../../src/machine/futex.ts";
import { DATA, inval, listed, Machine, preempt, resume, SEEDS } from "./fixture.ts";

// play() ends with a stop and throws a DeadlockError if a task of the GPU does not come to its end.
test("every task of a GPU ends when it is stopped, whatever it waits for", () => {
  for (const seed of SEEDS) {
    const machine = new Machine({ contexts: 4, walkers: 1, tlbLatencyUs: 40, preemptLatencyUs: 100 });
    for (let page = 0; page < 4; page++) machine.map(page, DATA + page);
    const programs = [
      () => machine.write(seed % 4, 1), // runs
      listed([]), // has nothing to do
      listed([machine.write(0, 1), machine.write(9, 1)]), // faults
      () => machine.read(seed % 4), // is preempted
    ];
    machine.play(seed, programs, function* (task) {
      yield* sendCommand(task, machine.gpu, preempt(1, 3));
      yield* sendCommand(task, machine.gpu, preempt(2, 2));
      yield* sendCommand(task, machine.gpu, inval(1, 0));
      for (let i = 0; i < seed; i++) yield* machine.tick(task, 1);
      yield* sendCommand(task, machine.gpu, resume(0, 3)); // carried out while the contexts are told to stop
    });
    expect(
      [0, 1, 2, 3].some((context) => isContextRunning(machine.words, machine.gpu, context)),
      `seed ${seed}`,
    ).toBe(false);
  }
});

// Nobody takes the answers: the interrupt itself would make room once it goes on.
test("an engine that waits for room for an answer ends when its GPU is stopped, and overwrites no answer", () => {
  for (const seed of SEEDS.slice(0, 20)) {
    const machine = new Machine();
    const { gpu, words } = machine;
    const untaken = () => words[gpu.regs + GpuRegisters.doneTail] - words[gpu.regs + GpuRegisters.doneHead];
    randomWalk({
      words,
      seed,
      spawn: (walk) => {
        const engine = machine.task("engine");
        const cpu = machine.task("cpu");
        const thread = walk.spawn(engine, engineLoop(engine, gpu));
        walk.spawn(
          cpu,
          (function* () {
            for (let seqno = 1; seqno <= RING_ENTRIES + 1; seqno++) {
              expect(yield* sendCommand(cpu, gpu, inval(seqno, 0))).toBe(true);
              yield* sleepUntil(cpu, seqno); // until the engine has nothing left that it can do
            }
            expect([thread.state, untaken()]).toEqual(["waiting", RING_ENTRIES]);
            yield* stopGpu(cpu, gpu);
          })(),
        );
      },
    });
    expect(untaken()).toBe(RING_ENTRIES);
  }
});

test("a GPU lies in one piece, apart from all others, and its tasks change nothing of them", () => {
  const machine = new Machine({ contexts: 3 }, 3);
  const [first, second, third] = machine.gpus;
  expect(first.end).toBe(second.base);
  expect(second.end).toBe(third.base);
  expect(machine.layout.nameOf(second.base)).toBe("gpu1.doorbell.count");
  expect(machine.layout.nameOf(second.end - 1)).toBe("gpu1.tlb.l2[511].pte");
  machine.map(0, DATA);
  machine.play(1, [listed([machine.write(0, 1)])], function* (task) {
    yield* sleepUntil(task, 1);
    yield* machine.request(task, inval(1, 0));
  });
  expect(machine.words.slice(second.base, third.end).every((word) => word === 0)).toBe(true);
});

test("a GPU of impossible size is refused", () => {
  expect(() => new Machine({ contexts: 9 })).toThrow("9 contexts: a GPU has 1..8");
  expect(() => new Machine({ walkers: 0 })).toThrow("0 walkers: a GPU needs one");
});
