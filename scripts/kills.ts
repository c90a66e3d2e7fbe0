import { killsMain } from "../src/cli/kills.ts";

process.exitCode = await killsMain(process.argv);
