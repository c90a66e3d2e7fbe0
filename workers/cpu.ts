import { workerData } from "node:worker_threads";
import { cpuWorker } from "../src/boot/worker_api.ts";
import type { Orders } from "../src/boot/processor.ts";
import { exposeToMain } from "../src/executor/threads/comlink_node.ts";

exposeToMain(cpuWorker(workerData as Orders));
