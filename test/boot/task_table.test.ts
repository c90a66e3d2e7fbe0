import { expect, it } from "vitest";
import { TaskTable } from "../../src/boot/task_table.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import { taskCount } from "../../src/hunt/machine/machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";
import { playOf } from "../../src/scenario/play/catalogue.ts";

it("numbers CPUs first, then each GPU's engine, interrupt and contexts", () => {
  const tasks = new TaskTable({ cpus: 2, gpus: 2, contexts: 2 });
  expect(tasks.names).toEqual([
    "cpu0",
    "cpu1",
    "gpu0.engine",
    "gpu0.irq",
    "gpu0.ctx0",
    "gpu0.ctx1",
    "gpu1.engine",
    "gpu1.irq",
    "gpu1.ctx0",
    "gpu1.ctx1",
  ]);
  expect(tasks.all.map(({ id }) => id)).toEqual(Array.from({ length: tasks.count }, (_, i) => i + 1));
  expect(tasks.ids).toBe(11);
});

it("finds each task by its part and by its number", () => {
  const tasks = new TaskTable({ cpus: 3, gpus: 4, contexts: 3 });
  for (const task of tasks.all) {
    const { part, processor, context } = task;
    expect(part === "context" ? tasks.context(processor, context) : tasks[part](processor)).toBe(task);
    expect(tasks.byId(task.id)).toBe(task);
    expect(tasks.nameOf(task.id)).toBe(task.name);
  }
});

it("has a name for a number that no task has", () => {
  expect(new TaskTable({ cpus: 1, gpus: 1, contexts: 1 }).nameOf(0)).toBe("task0");
});

it.each(["unmap", "two-tlbs", "processes"])("counts the tasks of %s before it is built", (scenario) => {
  const config = { ...DEFAULT_HUNT_MACHINE, play: scenario };
  expect(taskCount(config, playOf(scenario))).toBe(new HuntSubject(config).taskNames().length);
});
