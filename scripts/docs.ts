import { docsMain } from "../src/cli/docs.ts";

process.exitCode = await docsMain(process.argv);
