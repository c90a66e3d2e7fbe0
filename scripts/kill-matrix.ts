import { killMatrixMain } from "../src/cli/kill_matrix.ts";

process.exitCode = await killMatrixMain(process.argv);
