import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const flushAnsweredEarly: Bug = {
  name: "flush-answered-early",
  summary: "the firmware answers a TLB invalidation before it has flushed",
  origin: "own, RULES 69",
  edits: [
    {
      file: "src/device/invalidation.ts",
      find: "  if (words[command + GpuCommand.phase] === COMMAND_TAKEN && (isDue || (fate & FATE_EARLY) !== 0)) {\n    yield* flush(task, gpu, command);\n  }",
      replace: "",
    },
    {
      file: "src/device/invalidation.ts",
      find: "    yield* answerCommand(task, gpu, command);",
      replace: "    yield* answerCommand(task, gpu, command);\n    yield* sleepUntil(task, task.nowUs() + 40);\n    yield* flush(task, gpu, command);\n    words[command + GpuCommand.phase] = COMMAND_DONE;",
    },
    {
      file: "src/device/invalidation.ts",
      find: "import { chance } from",
      replace: "import { chance, sleepUntil } from",
    },
  ],
  breaks: ["I21", ...STALE_PAGE],
  driver: "two-pass",
  scenario: "munmap-storm",
  play: "unmap",
};
