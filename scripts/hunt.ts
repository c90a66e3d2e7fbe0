import { huntMain } from "../src/cli/hunt/hunt.ts";

process.exitCode = await huntMain(process.argv);
