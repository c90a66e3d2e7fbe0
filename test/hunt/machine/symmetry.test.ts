import { expect, it } from "vitest";
import { Explorer } from "../../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../../src/hunt/machine/subject.ts";
import { addrOf } from "../../../src/machine/step.ts";

const EXECUTIONS = 50;

it("GPUs are not interchangeable: a CPU turns to GPU 0 first, in every execution", () => {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, play: "unmap", gpus: 2, cpus: 1 });
  const explorer = new Explorer({ subject, strategy: new RandomWalk(1), seed: 1 });
  const cpu = subject.taskNames().indexOf("cpu0");
  const orders = new Set<string>();
  for (let index = 0; index < EXECUTIONS; index++) {
    explorer.run(index);
    const { recording } = explorer;
    const names = Array.from({ length: recording.length }, (_, i) => recording.at(i))
      .filter(({ thread }) => thread === cpu)
      .map(({ step }) => /^gpu\d/.exec(subject.nameOf(addrOf(step)))?.[0])
      .filter((name) => name !== undefined);
    orders.add([...new Set(names)].join(" "));
  }
  expect(orders).toEqual(new Set(["gpu0 gpu1"]));
  expect(subject).not.toHaveProperty("codeOf");
});
