import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "../../../../src/executor/explorer/engine/engine.ts";
import { labelSchedule, type LabelledSchedule } from "../../../../src/executor/explorer/replay/labelled_schedule.ts";
import { program, type Program } from "../../../../src/executor/explorer/program/program.ts";
import { RealignedReplay } from "../../../../src/executor/explorer/replay/realigned_replay.ts";
import { Recording, type Schedule } from "../../../../src/executor/explorer/engine/recording.ts";
import { Replay } from "../../../../src/executor/explorer/replay/replay.ts";
import { Rng } from "../../../../src/executor/explorer/engine/rng.ts";
import { runOnce } from "../../../../src/executor/explorer/engine/run.ts";
import type { Strategy } from "../../../../src/executor/explorer/engine/strategy.ts";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import {
  parseToken,
  printToken,
  replayToken,
  TokenError,
  type TokenContent,
} from "../../../../src/executor/explorer/replay/token.ts";
import { chance } from "../../../../src/machine/futex.ts";
import {
  account,
  bluetooth,
  deadlock,
  lostUpdate,
  reorder,
  twostage,
  unluckyAllocation,
} from "../../../fixtures/explorer/buggy_programs.ts";
import { readTokenConfig } from "../../../../src/hunt/explain/token_config.ts";

function run(subject: Program, strategy: Strategy): { schedule: Schedule; message: string | undefined } {
  const recording = new Recording();
  strategy.begin(0);
  const { failure } = runOnce(new Engine(subject.words), subject, strategy, recording, new Rng(0));
  return { schedule: recording.schedule(), message: failure?.message };
}

/** A lost update; an edit of the source puts more steps before and in between, or another word in the place of one. */
function edited({ before = 0, between = 0, word = "x" }: { before?: number; between?: number; word?: string }): Program {
  return program("edited", (p) => {
    const [x, log] = [p.word(word), p.word("log")];
    for (const name of ["a", "b"]) {
      p.thread(name, function* (t) {
        for (let i = 0; i < before; i++) yield* log.add(t, 1);
        const old = yield* x.read(t);
        for (let i = 0; i < between; i++) yield* log.add(t, 1);
        yield* x.write(t, old + 1);
      });
    }
    p.finally(() => {
      if (x.value !== 2) throw new RangeError("lost");
    });
  });
}

/** a reads; b reads and writes; a writes. */
const LOST: Schedule = { threads: Uint16Array.of(0, 1, 1, 0), answers: new Uint8Array(4) };

describe("a schedule happens again", () => {
  const subjects = [account(), bluetooth(), deadlock(), lostUpdate(1), reorder(3), twostage(), unluckyAllocation()];

  it("step by step, from its numbers as from its labels", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(...subjects), (seed, subject) => {
        const first = run(subject, new RandomWalk(seed));
        expect(run(subject, new Replay(first.schedule))).toEqual(first);
        const replay = new RealignedReplay(subject, labelSchedule(subject, first.schedule));
        expect(run(subject, replay)).toEqual(first);
        expect(replay).toMatchObject({ resynchronised: 0, divergence: null });
      }),
      { numRuns: 300 },
    );
  });

  it("threads of the same name are told apart", () => {
    const twins = program("twins", (p) => {
      const x = p.word("x");
      for (let i = 0; i < 2; i++)
        p.thread("twin", function* (t) {
          yield* x.write(t, i);
        });
    });
    const schedule = { threads: Uint16Array.of(1, 0), answers: new Uint8Array(2) };
    expect(run(twins, new RealignedReplay(twins, labelSchedule(twins, schedule))).schedule).toEqual(schedule);
  });
});

describe("after an edit of the sources", () => {
  const decisions = labelSchedule(edited({ between: 1 }), {
    threads: Uint16Array.of(0, 0, 1, 1, 1, 0),
    answers: new Uint8Array(6),
  });
  const replayed = (subject: Program) => {
    const replay = new RealignedReplay(subject, decisions);
    return { ...run(subject, replay), replay };
  };

  it.each([
    [{ between: 1 }, 0],
    [{ before: 2, between: 1 }, 2],
    [{ between: 3 }, 2],
    [{ between: 0 }, 2],
  ] as const)("%o: it still fails, %i decisions found anew", (edit, resynchronised) => {
    const { message, replay } = replayed(edited(edit));
    expect(message).toBe("lost");
    expect(replay).toMatchObject({ resynchronised, divergence: null });
  });

  it("an operation that is not there any more is a divergence: where, what was expected and what is there", () => {
    const subject = program("stuck", (p) => {
      const [x, never] = [p.word("x"), p.word("never")];
      p.thread("a", function* (t) {
        yield* never.await(t, 1);
      });
      p.thread("b", function* (t) {
        yield* x.read(t);
      });
    });
    expect(replayed(subject).replay.divergence).toEqual({
      step: 1,
      expected: "a takes 2 steps, until it stands before WRITE_ONCE x",
      found: "a AWAIT never, where it is awaiting",
      enabled: ["b READ_ONCE x"],
    });
  });
});

describe("an edit that moves what chance decides", () => {
  /** Messages that may be lost; the loss of the second is what fails. What is asked before and between is another matter. */
  const lossy = ({
    before = 0,
    between = 0,
    loses = "the message is lost",
  }: {
    before?: number;
    between?: number;
    loses?: string;
  }) =>
    program("lossy", (p) => {
      const box = p.word("box");
      p.thread("sender", function* (t) {
        for (let i = 0; i < before; i++) yield* chance(t.task, 50, "the message is late");
        for (let message = 0; message < 3; message++) {
          for (let i = 0; i < between; i++) yield* box.add(t, 1);
          if ((yield* chance(t.task, 50, loses)) && message === 1) throw new RangeError("lost");
        }
      });
    });
  const decisions = labelSchedule(lossy({}), { threads: Uint16Array.of(0, 0), answers: Uint8Array.of(0, 1) });
  const replayed = (subject: Program, answers = decisions.answers) => {
    const replay = new RealignedReplay(subject, { ...decisions, answers });
    return { ...run(subject, replay), replay };
  };

  it("labels are what was asked", () => {
    expect(decisions.answers).toEqual([{ task: "sender", asked: "the message is lost", question: 2 }]);
  });

  it.each([{}, { before: 1 }, { before: 4, between: 1 }, { between: 3 }])(
    "%o: the answer is given to the same question",
    (edit) => {
      const { message, replay } = replayed(lossy(edit));
      expect(message).toBe("lost");
      expect(replay.divergence).toBeNull();
    },
  );

  it("tokens of old know only the number of the question", () => {
    const numbered = [{ task: "sender", asked: null, question: 2 }];
    expect(replayed(lossy({}), numbered).message).toBe("lost");
    expect(replayed(lossy({ before: 1 }), numbered).message).toBeUndefined();
  });

  it("a question that nobody asks any more is a divergence", () => {
    expect(replayed(lossy({ loses: "the message is garbled" })).replay.divergence).toEqual({
      step: 3,
      expected: "sender asks chance: the message is lost, question 2",
      found: "it does not",
      enabled: [],
    });
  });
});

describe("a token", () => {
  const content = fc.record({
    config: fc.record({ driver: fc.string(), gpus: fc.nat(), skip: fc.array(fc.string(), { maxLength: 3 }) }),
    strategy: fc.string(),
    seed: fc.nat(0xffff_ffff),
    index: fc.nat(),
    decisions: fc.record({
      segments: fc.array(
        fc.record({
          task: fc.constantFrom("cpu0", "gpu1.ctx0"),
          steps: fc.nat(),
          stop: fc.nat(0xff_ffff),
          occurrence: fc.nat(20),
        }),
      ),
      answers: fc.array(
        fc.record({ task: fc.constantFrom("cpu0", "gpu1"), asked: fc.option(fc.string()), question: fc.nat(99) }),
      ),
    }),
  });

  it("comes back as it was printed", () => {
    fc.assert(
      fc.property(content, (written) => {
        const token = printToken(written as TokenContent);
        expect(token).toMatch(/^sd1:[\w-]+$/);
        expect(parseToken(` ${token}\n`)).toEqual(written);
      }),
    );
  });

  const decisions: LabelledSchedule = labelSchedule(edited({}), LOST);
  const token = printToken({ config: {}, strategy: "pct", seed: 1, index: 2, decisions });

  it("is short, and stands in a test as it is", () => {
    expect(token.length).toBeLessThan(160);
    expect(replayToken([token] as unknown as TemplateStringsArray)).toEqual(parseToken(token));
    expect(() => replayToken`sd1:AAAA`).toThrow(TokenError);
  });

  it.each([
    ["hello", 'not a token: "hello"; a token begins with sd1:'],
    ["", 'not a token: ""; a token begins with sd1:'],
    [`sd2:${token.slice(4)}`, "token of version 2; this is version 1 and reads only its own"],
    [token.slice(0, -3), "damaged token: its checksum is wrong; was all of it copied?"],
    ["sd1:", "damaged token: it holds characters that no token has"],
    [`${token}…`, "damaged token: it holds characters that no token has"],
  ])("that is none is refused in one line: %s", (text, message) => {
    expect(() => parseToken(text)).toThrow(new TokenError(message));
  });

  it("damaged anywhere is refused", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: token.length - 1 }), fc.constantFrom(..."AZaz09-_"), (at, letter) => {
        fc.pre(token[at] !== letter && at < token.length - 1);
        expect(() => parseToken(token.slice(0, at) + letter + token.slice(at + 1))).toThrow(TokenError);
      }),
    );
  });

  const packed = (bytes: Buffer) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(crc32(bytes));
    return `sd1:${Buffer.concat([checksum, bytes]).toString("base64url")}`;
  };

  it("of any text and any content is read, or refused in one line", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }).map((rest) => `sd1:${rest}`),
      fc.uint8Array({ minLength: 1 }).map((bytes) => packed(Buffer.from(bytes))),
      fc.json().map((json) => packed(deflateRawSync(json))),
      fc
        .tuple(fc.anything(), fc.string(), fc.nat(), fc.nat(), fc.array(fc.string()), fc.array(fc.array(fc.integer())))
        .map((all) =>
          packed(deflateRawSync(JSON.stringify([...all, []], (_, value: unknown) => (typeof value === "bigint" ? null : value)))),
        ),
    );
    const refusal = (written: string) => {
      try {
        readTokenConfig(parseToken(written).config);
        return "";
      } catch (error) {
        if (error instanceof TokenError) return error.message;
        throw error;
      }
    };
    fc.assert(
      fc.property(text, (written) => !refusal(written).includes("\n")),
      { numRuns: 500 },
    );
  });

  it("is not unpacked without bound", () => {
    expect(() => parseToken(packed(deflateRawSync(Buffer.alloc(1 << 26, " "))))).toThrow(/cannot be unpacked/);
    expect(() => parseToken(`sd1:${"A".repeat(1 << 21)}`)).toThrow(/^not a token: 2097156 characters/);
  });
});
