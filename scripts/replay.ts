import { replayMain } from "../src/cli/replay.ts";

process.exitCode = await replayMain(process.argv);
