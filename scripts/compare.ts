import { compareMain } from "../src/cli/compare.ts";

process.exitCode = await compareMain(process.argv);
