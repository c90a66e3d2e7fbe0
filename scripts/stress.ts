import { stressMain } from "../src/cli/stress/stress.ts";

process.exitCode = await stressMain(process.argv);
