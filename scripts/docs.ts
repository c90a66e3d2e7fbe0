import { docsMain } from "../src/cli/docs/docs.ts";

process.exitCode = await docsMain(process.argv);
