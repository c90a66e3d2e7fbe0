import { program, type Program, type SharedWord, type Thread } from "../../../../src/executor/explorer/program/program.ts";
import type { Run } from "../../../../src/machine/step.ts";

/**
 * A litmus test: one line a thread, accesses separated by blanks: `Wx1` writes 1 to x, `Rx` reads x.
 *
 *     litmus("SB", "Wx1 Ry", "Wy1 Rx")
 */
export function litmus(name: string, ...threads: readonly string[]): Program {
  return program(name, (p) => {
    const words = new Map<string, SharedWord>();
    for (const letter of new Set(threads.join(" ").match(/(?<=[RW])[a-z]/g))) words.set(letter, p.word(letter));
    for (const [i, line] of threads.entries()) {
      const seen = p.word(`seen${i}`);
      p.thread(`thread${i}`, function* (t) {
        for (const access of line.split(" ")) yield* take(t, access, words.get(access[1])!, seen);
      });
    }
  });
}

function* take(t: Thread, access: string, word: SharedWord, seen: SharedWord): Run<void> {
  if (access[0] === "W") yield* word.write(t, Number(access[2]));
  else seen.value = seen.value * 8 + 1 + (yield* word.read(t));
}

/** Names, definitions and numbers of executions under sequential consistency. */
export const LITMUS: readonly (readonly [Program, number])[] = [
  [litmus("SB", "Wx1 Ry", "Wy1 Rx"), 3],
  [litmus("LB", "Rx Wy1", "Ry Wx1"), 3],
  [litmus("MP", "Wx1 Wy1", "Ry Rx"), 3],
  [litmus("2+2W", "Wx1 Wy2", "Wy1 Wx2"), 3],
  [litmus("S", "Wx2 Wy1", "Ry Wx1"), 3],
  [litmus("CoRW", "Rx Wx1", "Wx2"), 3],
  [litmus("CoWR", "Wx1 Rx", "Wx2"), 3],
  [litmus("IRIW", "Wx1", "Wy1", "Rx Ry", "Ry Rx"), 15],
  [litmus("WRC", "Wx1", "Rx Wy1", "Ry Rx"), 7],
  [litmus("RWC", "Wx1", "Rx Ry", "Wy1 Rx"), 7],
  [litmus("ISA2", "Wx1 Wy1", "Ry Wz1", "Rz Rx"), 7],
  [litmus("Z6", "Wx1 Wy1", "Wy2 Wz1", "Rz Rx"), 7],
  [litmus("LB3", "Rx Wy1", "Ry Wz1", "Rz Wx1"), 7],
  [litmus("CoRR1", "Wx1", "Wx2", "Rx Rx", "Rx"), 36],
  [litmus("CoRR2", "Wx1", "Wx2", "Rx Rx", "Rx Rx"), 72],
  [litmus("MP2", "Wa1 Wc1 Wb1 Wd1", "Rb Ra", "Rd Rc"), 9],
  [litmus("fr+w+w+w+reads", "Wx1", "Wx2", "Wx3", "Rx Rx Rx Rx"), 210],
  ...[4, 15, 130, 2028].map((executions, writers) => [coa(writers), executions] as const),
];

/** Two threads that write x, look at y or z and read x again; so many that write both y and z. */
function coa(writers: number): Program {
  const others = Array.from({ length: writers }, (_, i) => `Wy${i} Wz${i}`);
  return litmus(`CoA(${writers})`, "Wx1 Ry Rx", "Wx2 Rz Rx", ...others);
}
