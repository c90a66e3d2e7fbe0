import { stressMain } from "../src/cli/stress.ts";

process.exitCode = await stressMain(process.argv);
