/** Types of the adapter that comlink ships; its own are not found under `nodenext`. */
declare module "comlink/dist/esm/node-adapter.mjs" {
  import type { Endpoint } from "comlink";

  /** A worker, or a worker's `parentPort`. */
  export interface NodePort {
    postMessage(message: unknown): void;
    on(event: "message", listener: (data: unknown) => void): unknown;
    off(event: "message", listener: (data: unknown) => void): unknown;
  }

  export default function nodeEndpoint(port: NodePort): Endpoint;
}
