import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks", // a test that parks in Atomics.wait can be killed with its process, not with its thread
    isolate: false, // modules hold no state: loaded once a process, and warm (40 % less processor time)
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\.cache\/workers\//] } }, // bundles are finished: to transform them again takes longer than to run them
  },
});
