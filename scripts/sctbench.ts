import { sctbenchMain } from "../src/cli/sctbench.ts";

process.exitCode = await sctbenchMain(process.argv);
