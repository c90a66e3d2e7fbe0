import type { Schedule } from "../engine/recording.ts";

/** Steps of one thread in a row. */
export interface Block {
  readonly thread: number;
  /** 1 where chance said yes, by step. */
  readonly answers: readonly number[];
}

/** A schedule as blocks, between which the processor goes to another thread. */
export function blocksOf({ threads, answers }: Schedule): Block[] {
  const blocks: { thread: number; answers: number[] }[] = [];
  threads.forEach((thread, step) => {
    if (blocks.at(-1)?.thread !== thread) blocks.push({ thread, answers: [] });
    blocks.at(-1)!.answers.push(answers[step]);
  });
  return blocks;
}

export function scheduleOf(blocks: readonly Block[]): Schedule {
  return {
    threads: Uint16Array.from(blocks.flatMap(({ thread, answers }) => answers.map(() => thread))),
    answers: Uint8Array.from(blocks.flatMap(({ answers }) => answers)),
  };
}

/** How often the next step is another thread's. */
export function switchesOf({ threads }: Schedule): number {
  let switches = 0;
  for (let i = 1; i < threads.length; i++) if (threads[i] !== threads[i - 1]) switches++;
  return switches;
}
