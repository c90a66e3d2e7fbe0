import { TestMachine } from "./machine.ts";
import { play, type Play } from "./play.ts";
import { Seen } from "./seen.ts";

export type MachineOptions = ConstructorParameters<typeof TestMachine>[0];

/** What happened in all walks, and what the oracles objected to. */
export interface Walks {
  readonly violations: readonly string[];
  readonly accesses: number;
  readonly commits: number;
  readonly retries: number;
  readonly fallbacks: number;
  readonly timeouts: number;
}

/** Random walks of two GPUs, by seeds from 1 on. */
export function walks(seeds: number, machineOptions: MachineOptions, playOptions: Omit<Play, "seed"> = {}): Walks {
  const total = { violations: [] as string[], accesses: 0, commits: 0, retries: 0, fallbacks: 0, timeouts: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const machine = new TestMachine({ gpus: 2, ...machineOptions });
    const seen = new Seen(machine);
    play(machine, { seed, ...playOptions });
    total.violations.push(...machine.violations().map((violation) => `seed ${seed}: ${violation}`));
    for (const what of ["accesses", "commits", "retries", "fallbacks", "timeouts"] as const) total[what] += seen[what];
  }
  return total;
}
