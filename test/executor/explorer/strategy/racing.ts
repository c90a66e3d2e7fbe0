import { program, type Program } from "../../../../src/executor/explorer/program/program.ts";
import { CHOICE, stepOf } from "../../../../src/machine/step.ts";

/** Threads of so many steps each, all on one word, none of which ever waits; before them, each asks chance so often. */
export function racing(steps: readonly number[], questions = 0): Program {
  return program(`racing ${steps.join(" ")}`, (p) => {
    const x = p.word("x");
    for (const [index, count] of steps.entries()) {
      p.thread(`t${index}`, function* (t) {
        for (let i = 0; i < questions; i++) {
          t.task.percent = 50;
          yield stepOf(CHOICE, 0);
        }
        for (let i = 0; i < count; i++) yield* x.add(t, 1);
      });
    }
  });
}
