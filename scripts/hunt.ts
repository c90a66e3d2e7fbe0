import { huntMain } from "../src/cli/hunt.ts";

process.exitCode = await huntMain(process.argv);
