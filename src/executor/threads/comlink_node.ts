// oxlint-disable-next-line typescript/triple-slash-reference -- an ambient declaration cannot be imported
/// <reference path="./comlink_node_adapter.d.ts" />
import { expose, wrap, type Remote } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import { parentPort, type Worker } from "node:worker_threads";

/** The one place where comlink meets Node: what the worker exposes, as an object of promises. */
export function wrapWorker<Api>(worker: Worker): Remote<Api> {
  return wrap<Api>(nodeEndpoint(worker));
}

/** In a worker: answer main's calls with the methods of `api`. */
export function exposeToMain(api: object): void {
  if (parentPort === null) throw new Error("exposeToMain: this is not a worker");
  expose(api, nodeEndpoint(parentPort));
}
