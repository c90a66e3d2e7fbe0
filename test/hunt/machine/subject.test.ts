import { expect, it } from "vitest";
import { Dpor } from "../../../src/executor/explorer/strategy/dpor/dpor.ts";
import { explore, Explorer } from "../../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../../src/executor/explorer/strategy/random.ts";
import { TraceHash } from "../../../src/executor/explorer/measure/trace_hash.ts";
import { DEFAULT_HUNT_MACHINE, type HuntMachine } from "../../../src/hunt/machine/hunt_machine.ts";
import { SOUND_DESIGNS } from "../../../src/driver/catalogue.ts";
import { smallerMachines } from "../../../src/hunt/machine/smaller_machines.ts";
import { HuntSubject } from "../../../src/hunt/machine/subject.ts";
import { PLAY_NAMES } from "../../../src/scenario/play/catalogue.ts";

/** The memory of each is restored, and compared with that of the first. */
const EXECUTIONS = 3;

const config = (change: Partial<HuntMachine>): HuntMachine => ({ ...DEFAULT_HUNT_MACHINE, ...change });
const explorerOf = (subject: HuntSubject) => new Explorer({ subject, strategy: new RandomWalk(7), seed: 7 });

it.each(PLAY_NAMES)(
  "begins each execution of %s with the same memory, whatever the correct driver, and finds nothing wrong",
  (scenario) => {
    for (const driver of SOUND_DESIGNS) {
      const subject = new HuntSubject(config({ play: scenario, driver }));
      const explorer = explorerOf(subject);
      for (let index = 0; index < EXECUTIONS; index++) {
        const { failure } = explorer.run(index)!;
        expect(failure, `${driver}, execution ${index}`).toBeNull();
        subject.restore();
        const different = subject.firstDifference();
        expect(different < 0 ? "" : subject.nameOf(different), `${driver}, after execution ${index}`).toBe("");
      }
    }
  },
);

it("does the same in the same execution, whatever was run before", () => {
  const subject = new HuntSubject(config({ play: "refault" }));
  const hash = new TraceHash(subject.words.length);
  const traceOf = (explorer: Explorer, index: number) => {
    explorer.run(index);
    return hash.of(explorer.recording);
  };
  const first = explorerOf(subject);
  const traces = [0, 1, 2].map((index) => traceOf(first, index));
  const second = explorerOf(new HuntSubject(config({ play: "refault" })));
  expect([2, 0, 1].map((index) => traceOf(second, index))).toEqual([traces[2], traces[0], traces[1]]);
});

it("leaves out what is to be skipped", () => {
  const steps = (skip: readonly string[]) => {
    const explorer = explorerOf(new HuntSubject(config({ play: "unmap", skip }), { oracles: false, sanitizers: false }));
    explorer.run(0);
    return explorer.recording.length;
  };
  expect(steps(["cpu0.0", "cpu1.0", "gpu0.0", "gpu0.1", "gpu1.0", "gpu1.1"])).toBeLessThan(steps([]) / 4);
});

it("offers one GPU, CPU, operation or access less", () => {
  const smaller = smallerMachines(config({ play: "unmap", skip: ["gpu0.0"] }));
  expect(smaller.filter(({ gpus }) => gpus === 1)).toHaveLength(1);
  expect(smaller.filter(({ cpus }) => cpus === 1)).toHaveLength(1);
  expect(smaller.map(({ skip }) => skip[1]).filter((name) => name !== undefined)).toEqual([
    "cpu0.0",
    "cpu1.0",
    "gpu0.1",
    "gpu1.0",
    "gpu1.1",
  ]);
});

it("serves at the end the faults that nobody was there to serve", () => {
  const explorer = explorerOf(new HuntSubject(config({ play: "unmap", skip: ["cpu1.0"] })));
  for (let index = 0; index < EXECUTIONS; index++) expect(explorer.run(index)!.failure).toBeNull();
});

it("can be explored whole where little happens", () => {
  const subject = new HuntSubject(config({ play: "tiny", gpus: 1, cpus: 1 }));
  const { found, exhaustive } = explore({ subject, strategy: new Dpor(subject.words.length), seed: 1, schedules: 2000 });
  expect({ found, exhaustive }).toEqual({ found: [], exhaustive: true });
});

it("fails allocations and loses answers of the firmware when it is told to, and the correct designs cope", () => {
  const faults = { ...DEFAULT_HUNT_MACHINE.faults, allocationPercent: 30, lostAnswerPercent: 20, lateAnswerPercent: 20 };
  const explorer = explorerOf(new HuntSubject(config({ play: "overlap", faults })));
  for (let index = 0; index < EXECUTIONS; index++) expect(explorer.run(index)!.failure).toBeNull();
});

it("names its tasks and their processors", () => {
  const subject = new HuntSubject(DEFAULT_HUNT_MACHINE);
  expect(subject.taskNames()).toEqual([
    "cpu0",
    "cpu1",
    "gpu0.engine",
    "gpu0.irq",
    "gpu0.ctx0",
    "gpu1.engine",
    "gpu1.irq",
    "gpu1.ctx0",
  ]);
  expect(subject.columnOf("gpu1.ctx0")).toBe("gpu1");
});
