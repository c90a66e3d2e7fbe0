import { benchMain } from "../src/cli/bench.ts";

process.exitCode = await benchMain(process.argv);
