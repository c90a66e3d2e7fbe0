import { describe, expect, it } from "vitest";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import type { Failure } from "../../../../src/executor/explorer/engine/failure.ts";
import { program, type Body, type ProgramBuilder, type Thread } from "../../../../src/executor/explorer/program/program.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import { FUTEX_WAIT, FUTEX_WAKE, stepOf } from "../../../../src/machine/step.ts";

const PATIENCE = { maxSteps: 300, fairSteps: 300 };

/** What goes wrong in a program, over some random schedules. */
function failuresOf(build: (p: ProgramBuilder) => Body | void): readonly Failure[] {
  const exploration = explore({
    subject: program("test", build),
    strategy: new RandomWalk(1),
    seed: 1,
    schedules: 100,
    keepGoing: true,
    patience: PATIENCE,
  });
  return exploration.found.map(({ failure }) => failure);
}

/** Sleep on a futex while it holds 0. */
function* sleep({ task }: Thread, futex: number) {
  task.expected = 0;
  yield stepOf(FUTEX_WAIT, futex);
}

function* wake({ task }: Thread, futex: number) {
  task.count = 1;
  yield stepOf(FUTEX_WAKE, futex);
}

describe("who gets nowhere is told as what it is", () => {
  it("deadlock: each waits for what the other holds", () => {
    expect(
      failuresOf((p) => {
        const locks = [p.mutex("l"), p.mutex("m")];
        for (const first of [0, 1]) {
          p.thread(`t${first}`, function* (t) {
            yield* locks[first].lock(t);
            yield* locks[1 - first].lock(t);
            yield* locks[1 - first].unlock(t);
            yield* locks[first].unlock(t);
          });
        }
      }),
    ).toMatchObject([
      {
        kind: "deadlock",
        message: "t0, t1 wait forever",
        details: ["t0 is awaiting at AWAIT m, held by t1", "t1 is awaiting at AWAIT l, held by t0"],
      },
    ]);
  });

  /** A flag is looked at, then slept for; with `isCounted` the sleeper notices if the waker came between. */
  const flagAndFutex = (isCounted: boolean) =>
    failuresOf((p) => {
      const flag = p.word("flag");
      const futex = p.place("futex", 0);
      const word = p.word("unused");
      p.thread("sleeper", function* (t) {
        while ((yield* flag.read(t)) === 0) yield* sleep(t, futex);
      });
      p.thread("waker", function* (t) {
        yield* flag.write(t, 1);
        if (isCounted) {
          yield stepOf(1, futex);
          p.words[futex] = 1;
        }
        yield* wake(t, futex);
        yield* word.read(t);
      });
    });

  it("lost wake-up: the waker came between the look and the sleep", () => {
    expect(flagAndFutex(false)).toMatchObject([
      {
        kind: "lost-wakeup",
        message: "sleeper sleeps forever although what it waits for has happened",
        details: ["sleeper is waiting at FUTEX_WAIT futex"],
      },
    ]);
    expect(flagAndFutex(true)).toEqual([]);
  });

  it("deadlock, not a lost wake-up: nobody has done what the sleeper waits for", () => {
    expect(
      failuresOf((p) => {
        const flag = p.word("flag");
        const futex = p.place("futex", 0);
        p.thread("sleeper", function* (t) {
          while ((yield* flag.read(t)) === 0) yield* sleep(t, futex);
        });
      }),
    ).toMatchObject([{ kind: "deadlock" }]);
  });

  it("livelock: the same steps over and over, which are shown", () => {
    expect(
      failuresOf((p) => {
        const flag = p.word("flag");
        const count = p.word("count");
        p.thread("spinner", function* (t) {
          while ((yield* flag.read(t)) === 0) {
            yield* count.add(t, 1);
            yield* count.add(t, 1);
          }
        });
      }),
    ).toMatchObject([
      {
        kind: "livelock",
        details: ["spinner is runnable at READ_ONCE flag", "spinner repeats: READ_ONCE flag, RMW count (2 times)"],
      },
    ]);
  });

  it("nothing, if it cannot be told: somebody still comes to places where he has not been", () => {
    expect(
      failuresOf((p) => {
        const words = Array.from({ length: 1000 }, (_, i) => p.word(`w${i}`));
        p.thread("walker", function* (t) {
          for (const word of words) yield* word.read(t);
        });
      }),
    ).toEqual([]);
  });

  /** Goes round until the flag is set. */
  const poller = (p: ProgramBuilder) => {
    const flag = p.word("flag");
    p.thread("poller", function* (t) {
      while ((yield* flag.read(t)) === 0) {
        /* look again */
      }
    });
  };

  it("partial deadlock: some wait for each other while another goes round", () => {
    expect(
      failuresOf((p) => {
        const [l, m] = [p.mutex("l"), p.mutex("m")];
        p.thread("t0", function* (t) {
          yield* l.lock(t);
          yield* m.lock(t);
          yield* m.unlock(t);
          yield* l.unlock(t);
        });
        p.thread("t1", function* (t) {
          yield* m.lock(t);
          yield* l.lock(t);
          yield* l.unlock(t);
          yield* m.unlock(t);
        });
        poller(p);
      }),
    ).toMatchObject([
      {
        kind: "partial-deadlock",
        message: "t0, t1 wait for each other forever, while poller goes on",
        details: [
          "t0 is awaiting at AWAIT m, held by t1",
          "t1 is awaiting at AWAIT l, held by t0",
          "poller is runnable at READ_ONCE flag",
          "poller repeats: READ_ONCE flag",
        ],
      },
      { kind: "livelock", message: "poller spins forever under a fair schedule" },
    ]);
  });

  it("partial deadlock: who waits for the end of a thread that waits for a lock of his", () => {
    expect(
      failuresOf((p) => {
        const m = p.mutex("m");
        const flag = p.word("flag");
        return function* main(t) {
          yield* m.lock(t);
          const child = yield* t.spawn("child", function* (self) {
            yield* m.lock(self);
          });
          yield* t.spawn("poller", function* (self) {
            while ((yield* flag.read(self)) === 0) {
              /* look again */
            }
          });
          yield* t.join(child);
        };
      }),
    ).toMatchObject([
      {
        kind: "partial-deadlock",
        message: "main, child wait for each other forever, while poller goes on",
        details: [
          "main is awaiting at AWAIT thread 1, held by child",
          "child is awaiting at AWAIT m, held by main",
          expect.anything(),
          expect.anything(),
        ],
      },
    ]);
  });

  it("partial deadlock: a lock taken twice", () => {
    expect(
      failuresOf((p) => {
        const m = p.mutex("m");
        p.thread("t0", function* (t) {
          yield* m.lock(t);
          yield* m.lock(t);
        });
        poller(p);
      }),
    ).toMatchObject([{ kind: "partial-deadlock", message: "t0 waits for itself forever, while poller goes on" }]);
  });

  it("deadlock: the holder has ended", () => {
    expect(
      failuresOf((p) => {
        const m = p.mutex("m");
        for (const name of ["t0", "t1"])
          p.thread(name, function* (t) {
            yield* m.lock(t);
          });
      }),
    ).toMatchObject([
      {
        kind: "deadlock",
        details: [expect.stringMatching(/^t(0 is awaiting at AWAIT m, held by t1|1 is awaiting at AWAIT m, held by t0)$/)],
      },
    ]);
  });

  /** A flag is set and signalled; who waits looks at it first, with or without the mutex. */
  const flagAndCondition = (isLocked: boolean) =>
    failuresOf((p) => {
      const [m, changed, flag] = [p.mutex("m"), p.condition("changed"), p.word("flag")];
      p.thread("waiter", function* (t) {
        if (!isLocked && (yield* flag.read(t)) === 1) return;
        yield* m.lock(t);
        while (isLocked ? flag.value === 0 : true) {
          yield* changed.wait(t, m);
          if (flag.value === 1) break;
        }
        yield* m.unlock(t);
      });
      p.thread("signaller", function* (t) {
        yield* m.lock(t);
        yield* flag.write(t, 1);
        yield* changed.signal(t);
        yield* m.unlock(t);
      });
    });

  it("lost wake-up: the signal came between the look and the wait", () => {
    expect(flagAndCondition(false)).toMatchObject([
      { kind: "lost-wakeup", message: "waiter sleeps forever although what it waits for has happened" },
    ]);
    expect(flagAndCondition(true)).toEqual([]);
  });

  it("deadlock, not a lost wake-up: nobody signals, and nothing has happened", () => {
    expect(
      failuresOf((p) => {
        const [m, changed, flag] = [p.mutex("m"), p.condition("changed"), p.word("flag")];
        p.thread("waiter", function* (t) {
          yield* m.lock(t);
          while (flag.value === 0) yield* changed.wait(t, m);
          yield* m.unlock(t);
        });
      }),
    ).toMatchObject([{ kind: "deadlock", details: ["waiter is awaiting at AWAIT changed"] }]);
  });
});
