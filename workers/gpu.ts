import { workerData } from "node:worker_threads";
import { gpuWorker } from "../src/boot/worker_api.ts";
import type { Orders } from "../src/boot/processor.ts";
import { exposeToMain } from "../src/executor/threads/comlink_node.ts";

exposeToMain(gpuWorker(workerData as Orders));
