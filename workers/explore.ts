/** Entry of bundles that run the whole machine in one thread: with a seeded bug in it, or without. */
export { runInOneThread } from "../src/boot/one_thread.ts";
