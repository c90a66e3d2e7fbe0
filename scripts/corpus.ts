import { corpusMain } from "../src/cli/corpus.ts";

process.exitCode = await corpusMain(process.argv);
