import { conformMain } from "../src/cli/conform.ts";

process.exitCode = await conformMain(process.argv);
