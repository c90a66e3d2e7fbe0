import { sctbenchMain } from "../src/cli/sctbench.ts";

process.exitCode = sctbenchMain();
