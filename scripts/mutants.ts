import { mutantsMain } from "../src/cli/mutants.ts";

process.exitCode = await mutantsMain(process.argv);
