import { describe, expect, it } from "vitest";
import { Engine } from "../../../../src/executor/explorer/engine/engine.ts";
import { program, type Body, type ProgramBuilder } from "../../../../src/executor/explorer/program/program.ts";
import { Rng } from "../../../../src/executor/explorer/engine/rng.ts";
import { DataRace } from "../../../../src/executor/explorer/sanitizer/data_race.ts";
import { describeRace } from "../../../../src/executor/explorer/sanitizer/race_report.ts";
import { StackEngine } from "../../../../src/executor/explorer/sanitizer/stacks.ts";
import { ACQUIRE, FUTEX_WAIT, FUTEX_WAKE, RELEASE, stepOf } from "../../../../src/machine/step.ts";

/** Executions of each program: enough to meet each order of a few steps. */
const SCHEDULES = 200;

/** The races of a program over many random schedules: its words by name, what each side did. */
function racesOf(build: (p: ProgramBuilder) => Body | void): string[] {
  const subject = program("test", build);
  const detector = new DataRace(subject.words.length, () => 0);
  const found = new Set<string>();
  for (let seed = 0; seed < SCHEDULES; seed++) {
    const rng = new Rng(seed);
    const engine = new Engine(subject.words);
    subject.start(engine);
    detector.begin();
    while (engine.enabled.length > 0) {
      engine.step(rng.pick(engine.enabled));
      const race = detector.stepped(engine);
      if (race !== null) found.add([subject.nameOf(race.addr), ...[race.first.what, race.second.what].toSorted()].join(" / "));
    }
  }
  return [...found].toSorted();
}

describe("the data-race detector", () => {
  it("objects to plain accesses that nothing orders", () => {
    expect(
      racesOf((p) => {
        const x = p.word("x");
        p.thread("a", function* (t) {
          yield* x.writePlain(t, 1);
        });
        p.thread("b", function* (t) {
          yield* x.readPlain(t);
        });
      }),
    ).toEqual(["x / plain read / plain write"]);
  });

  it("objects to a plain write beside a marked read, and to a plain read beside a marked write", () => {
    expect(
      racesOf((p) => {
        const x = p.word("x");
        const y = p.word("y");
        p.thread("a", function* (t) {
          yield* x.writePlain(t, 1);
          yield* y.readPlain(t);
        });
        p.thread("b", function* (t) {
          yield* x.read(t);
          yield* y.write(t, 1);
        });
      }),
    ).toEqual(["x / marked read / plain write", "y / marked write / plain read"]);
  });

  it("says nothing to marked accesses, nor to plain reads beside each other", () => {
    expect(
      racesOf((p) => {
        const x = p.word("x");
        const y = p.word("y");
        for (const name of ["a", "b"]) {
          p.thread(name, function* (t) {
            yield* x.write(t, (yield* x.read(t)) + 1);
            yield* x.add(t, 1);
            yield* y.readPlain(t);
          });
        }
      }),
    ).toEqual([]);
  });

  it("knows that a mutex orders, and that another mutex does not", () => {
    const underLocks = (one: string, other: string) =>
      racesOf((p) => {
        const x = p.word("x");
        const locks = Object.fromEntries(["l", "m"].map((name) => [name, p.mutex(name)]));
        for (const [name, lock] of [
          ["a", locks[one]],
          ["b", locks[other]],
        ] as const) {
          p.thread(name, function* (t) {
            yield* lock.lock(t);
            yield* x.writePlain(t, (yield* x.readPlain(t)) + 1);
            yield* lock.unlock(t);
          });
        }
      });
    expect(underLocks("l", "l")).toEqual([]);
    expect(underLocks("l", "m")).not.toEqual([]);
  });

  it("knows that spawn and join order", () => {
    expect(
      racesOf((p) => {
        const x = p.word("x");
        return function* main(t) {
          yield* x.writePlain(t, 1);
          const child = yield* t.spawn("child", function* (c) {
            yield* x.writePlain(c, 2);
          });
          yield* t.join(child);
          yield* x.readPlain(t);
        };
      }),
    ).toEqual([]);
  });

  /** One thread writes plainly and sets a flag with `publish`; the other waits for the flag with `look` and reads plainly. */
  function messagePassing(publish: "write" | "release", look: "read" | "acquire"): string[] {
    return racesOf((p) => {
      const x = p.word("x");
      const flag = p.word("flag");
      const flagAddr = p.names.length - 1;
      p.thread("a", function* (t) {
        yield* x.writePlain(t, 1);
        if (publish === "write") {
          yield* flag.write(t, 1);
        } else {
          yield stepOf(RELEASE, flagAddr);
          flag.value = 1;
        }
      });
      p.thread("b", function* (t) {
        if (look === "acquire") yield stepOf(ACQUIRE, flagAddr);
        const seen = look === "acquire" ? flag.value : yield* flag.read(t);
        if (seen === 1) yield* x.readPlain(t);
      });
    });
  }

  it("takes a release and an acquire for an order, and neither of them alone", () => {
    expect(messagePassing("release", "acquire")).toEqual([]);
    expect(messagePassing("write", "acquire")).toEqual(["x / plain read / plain write"]);
    expect(messagePassing("release", "read")).toEqual(["x / plain read / plain write"]);
    expect(messagePassing("write", "read")).toEqual(["x / plain read / plain write"]);
  });

  it("knows that a wake-up orders", () => {
    expect(
      racesOf((p) => {
        const x = p.word("x");
        const futex = p.place("futex", 0);
        p.thread("sleeper", function* (t) {
          t.task.expected = 0;
          yield stepOf(FUTEX_WAIT, futex);
          yield* x.readPlain(t);
        });
        p.thread("waker", function* (t) {
          yield* x.writePlain(t, 1);
          t.task.count = 1;
          yield stepOf(FUTEX_WAKE, futex);
        });
      }),
    ).toEqual([]);
  });
});

it("shows both sides of a race with their stacks and values, if the engine remembers them", () => {
  const subject = program("test", (p) => {
    const x = p.word("x", 5);
    p.thread("a", function* (t) {
      yield* setTo7(t);
    });
    p.thread("b", function* readIt(t) {
      yield* x.readPlain(t);
    });
    function* setTo7(t: Parameters<Body>[0]) {
      yield* x.writePlain(t, 7);
    }
  });
  const engine = new StackEngine(subject.words);
  engine.reset();
  subject.start(engine);
  const detector = new DataRace(subject.words.length, () => 0);
  detector.begin();
  engine.step(engine.threads[0]);
  expect(detector.stepped(engine)).toBeNull();
  engine.step(engine.threads[1]);
  const race = detector.stepped(engine)!;
  const failure = describeRace(engine, race, "x");
  expect(failure).toMatchObject({
    kind: "data-race",
    rule: "data-race x",
    message: "x: nothing orders the plain write by a and the plain read by b",
    task: "b",
  });
  expect(failure.details.map((line) => line.trim())).toEqual([
    "plain write by a in step 1: 5 -> 7",
    "plain read by b in step 2: 7",
  ]);
});
