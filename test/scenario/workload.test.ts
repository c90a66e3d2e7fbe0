import { expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { runInOneThread } from "../../src/boot/one_thread.ts";
import { ACCESS_PATTERNS } from "../../src/scenario/access_pattern.ts";
import { parseStrace } from "../../src/scenario/strace/reader.ts";

const MAP = "PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)";

/** Two threads; the second unmaps and protects what the first has mapped, at both ends of the 47 bits. */
const LOG = [
  "10 brk(NULL) = 0x555555560000",
  `10 mmap(NULL, 65536, ${MAP} = 0x7ffff7d00000`,
  "11 mprotect(0x7ffff7d00000, 5000, PROT_READ) = 0",
  "11 munmap(0x7ffff7d08000, 20000) = 0",
  `10 mmap(NULL, 12288, ${MAP} = 0x10000`,
  "11 madvise(0x10000, 8192, MADV_DONTNEED) = 0",
  "10 brk(0x555555570000) = 0x555555570000",
  "10 mremap(0x10000, 12288, 20480, MREMAP_MAYMOVE) = 0x7fffe0000000",
  "11 munmap(0x7fffe0000000, 20480 <unfinished ...>",
  `10 mmap(0x7ffff7d00000, 8192, ${MAP.replace("MAP_PRIVATE", "MAP_PRIVATE|MAP_FIXED")} = 0x7ffff7d00000`,
  "11 <... munmap resumed>) = 0",
  "10 brk(0x555555560000) = 0x555555560000",
  "11 +++ exited with 0 +++",
];

it.each(ACCESS_PATTERNS)("a log of two threads ends as recorded on two CPUs, whatever the interleaving (%s)", (access) => {
  const workload = parseStrace("log", LOG);
  for (let seed = 1; seed <= 5; seed++) {
    const config = { ...DEFAULT_CONFIG, gpus: 2, cpus: 2, contexts: 1, frames: 4096, tlbLatencyUs: 2, access, seed };
    const outcome = runInOneThread({ config, replay: { workload, rounds: 1 }, invalidations: Infinity, maxSteps: 2_000_000 });
    expect(outcome).toMatchObject({ stuck: null, violations: [], replayed: { mismatches: 0, rounds: 1 } });
    expect(outcome.snapshot.counts.accesses).toBeGreaterThan(0);
  }
});
