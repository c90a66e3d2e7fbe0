import { compareMain } from "../src/cli/compare/compare.ts";

process.exitCode = await compareMain(process.argv);
