import type { Bug } from "./bug.ts";
import { STALE_PAGE } from "./consequences.ts";

export const rangeOffByOnePage: Bug = {
  name: "range-off-by-one-page",
  summary: "the driver takes the exclusive end of a range for an inclusive one and leaves the last page out",
  origin: "BUGS 50: 95d4782c34a6",
  edits: [
    {
      file: "src/driver/argued/svm/chunk.ts",
      find: "Number(range.end) : past,",
      replace: "Number(range.end) - PAGE_SIZE : past,",
    },
    {
      file: "src/driver/argued/svm/chunk.ts",
      find: "import type { Run } from \"../../../machine/step.ts\";",
      replace: "import type { Run } from \"../../../machine/step.ts\";\nimport { PAGE_SIZE } from \"../../../machine/pte.ts\";",
    },
  ],
  breaks: ["I16", ...STALE_PAGE],
  driver: "two-pass",
  scenario: "munmap-storm",
  play: "unmap",
};
