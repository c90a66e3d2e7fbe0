import { expect, it } from "vitest";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { Engine } from "../../src/executor/explorer/engine/engine.ts";
import { trace } from "../../src/machine/tracepoint.ts";
import { Tracer } from "../../src/machine/tracer.ts";
import { eventAt, EVENT_DOUBLES, TraceRecording, UNTIMED, writeEvent } from "../../src/trace/recording.ts";
import { testTask } from "../task.ts";

it("an event is written and read as it was", () => {
  const doubles = new Float64Array(2 * EVENT_DOUBLES);
  writeEvent(doubles, EVENT_DOUBLES, 3, kernelEvents.pteSet, 2.5, 4096, 0x7000_0000_0000, 17, 0, 0, 0);
  expect(doubles[EVENT_DOUBLES]).toBe(0); // whoever reads now finds no event
  expect(eventAt(doubles, EVENT_DOUBLES)).toEqual({
    id: kernelEvents.pteSet,
    task: 3,
    time: 2.5,
    values: [4096, 0x7000_0000_0000, 17, 0, 0, 0],
  });
  writeEvent(doubles, 0, 3, kernelEvents.pteSet, UNTIMED, 0, 0, 0, 0, 0, 0);
  expect(eventAt(doubles, 0).time).toBeNull();
});

it("a recording keeps all events of all tasks, in order, by its clock", () => {
  const tracer = new Tracer();
  const engine = new Engine(new Int32Array(1));
  const tasks = [1, 2].map((id) => testTask(engine, id, tracer));
  const recording = new TraceRecording();
  trace(tasks[0], kernelEvents.mmExit, 1); // nobody records yet
  let time = 0;
  recording.listen(tracer, () => time++);
  for (let i = 0; i < 5000; i++) trace(tasks[i % 2], kernelEvents.pageFree, i, 2, 3);
  expect(recording.events()).toEqual(
    Array.from({ length: 5000 }, (_, i) => ({
      id: kernelEvents.pageFree,
      task: 1 + (i % 2),
      time: i,
      values: [i, 2, 3, 0, 0, 0],
    })),
  );
});
