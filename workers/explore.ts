/** Entry of bundles that explore in one thread: with a seeded bug in it, or without. */
export { runInOneThread } from "../src/boot/one_thread.ts";
export { explore } from "../src/executor/explorer/explore.ts";
export { createStrategy } from "../src/executor/explorer/strategy/catalogue.ts";
