import type { Rule, Section } from "./rule.ts";

export const MEASURED = {
  id: "LATENCIES",
  title: "How long hardware takes",
  text: "Figures for the simulated hardware, with their sources. The emulator's defaults come from LATENCIES 4.9, and say so.",
  source: "papers, drivers and manuals, named with each figure",
} as const satisfies Rule;

export const LATENCIES = {
  title: "Figures",
  text: "e: entries. PTW: page-table walkers. Cycles are the device's.",
  rules: [
    {
      id: "LATENCIES 4.6",
      title: "Sizes and latencies of TLBs in papers",
      text: `ShadowUpdate: a migration has five steps, one after the other: allocate, tell everybody to invalidate and wait for
        all answers, copy, map at the destination only, free. Faults of other GPUs after a migration are 73.59 % of faults; the
        map step is 26.02 % of a migration's latency (2x RTX 3090 Ti); 78.32 % of the latency after a miss of the L2 is spent
        outside the GPU; the threshold of the access counter is 256. CDFD: one migration is about 200 remote accesses; a
        sub-entry covers 16 aligned pages.

        Other papers, from their abstracts only. IDYLL (MICRO'23): the directory is in the page-table entry and not in the TLB;
        it also batches invalidations; +69.9 % on average; two bottlenecks: demand misses delayed behind invalidations, and a
        longer wait before a migration. Griffin (HPCA'20): its baseline migrates from CPU to GPU at the first touch, then pins,
        and reads remotely by cache line, as MGPUSim does. GRIT: chooses for each page between migration on touch, migration by
        access counter, and duplication, triggered by local and protection faults; neighbours share the policy (OASIS: one for
        each object). DiDi (PACT'11): a shared directory of TLBs filters whom to tell; about 10 times fewer cycles wasted on
        shootdowns. Amit (EuroSys'20): local and remote flush at the same time, early acknowledgement, cache lines consolidated,
        flush in context; warns that batching too boldly breaks correctness, which makes a good negative scenario. Trans-FW,
        Barre Chord, UPTC: not found in stored text, nothing is claimed.`,
      source: "the papers named",
      table: [
        ["source", "L1", "L2", "L3", "walkers", "links"],
        [
          "ShadowUpdate (2026)",
          "32e, 32 ways, 1 cycle",
          "512e, 16 ways, 10 cycles",
          "-",
          "GMMU 8 PTW, 100 cycles a level; host MMU 16; walk queue 64; walk cache 128",
          "CPU-GPU 32 GB/s, GPU-GPU 600 GB/s",
        ],
        [
          "LIBRA, CDFD (2026), like an A100",
          "16e, 16 ways, 1 cycle",
          "128e, 8 ways, 16 sub-entries, 10 cycles",
          "1024e, 8 ways, 16 sub-entries, 40 cycles",
          "8 PTW, 100 cycles a level",
          "NVLink3 300 GB/s, PCIe4 32 GB/s",
        ],
        ["RTX 3070 in the style of SoftWalker", "-", "1024e, 16 ways, 80 cycles, 128 MSHR", "-", "32 PTW", "-"],
      ],
    },
    {
      id: "LATENCIES 4.7",
      title: "Latencies as measured, or as drivers assume them",
      text: `xe's own GT statistics, a ready list of counters: svm_pagefault_count, tlb_inval_count, svm_tlb_inval_count,
        svm_tlb_inval_us; for each of 4K, 64K and 2M the counts and times of pagefault, valid_pagefault and migrate; copy in us
        and KB; get_pages_us; bind_us.`,
      source: "named in the table",
      table: [
        ["what", "value", "source"],
        [
          "i915, GPU TLB invalidation",
          `the hardware suggests 40 us as typical, 100 us as pessimistic, 1 ms at most; the driver spins for 100 us, then sleeps
            for up to 4 ms`,
          "comment in i915",
        ],
        [
          "xe, time-out of a GuC TLB invalidation",
          "HZ/4 = 250 ms and twice the queue's delay; numbers in order; -ETIME; a reset signals every fence",
          "",
        ],
        [
          "xe, rounding of ranges",
          `to a power of two, at least 4 KiB, aligned; 2 MiB and more to at least 16 MiB; else a full flush; by context: from 8
            exec queues a full flush`,
          "",
        ],
        ["AMD, TLB flush by KIQ", "mostly 2 to 6 us", "A. Sierra, April 2023"],
        [
          "VT-d, inv_iotlb",
          "2 us on average in the documentation's example (dmar_perf_latency, buckets from below 0.1 us to 10 ms and more)",
          "kernel doc",
        ],
        [
          "PCIe ATS invalidation",
          `the specification permits up to 90 s; software waits 100 ms (AMD), 1 s (SMMUv3); NVIDIA's series of 2026 puts a
            device in quarantine on a time-out`,
          "",
        ],
        [
          "SMMU, shared virtual addresses",
          `page by page, and by ASID from 512 pages; an invalidation of the device's cache is one covering power of two, which
            spills onto its neighbours`,
          "",
        ],
        ["CPU shootdown", "LATR: up to 80 us (120 cores, 8 sockets), 6 us (16, 2); IPI 6.6 and 2.7 us; munmap -70.8 %", "LATR"],
        ["x86, local flush", "full 96 cycles, one 260, a range 404", "Ingo, 2015"],
        ["madvise(DONTNEED)", "2119 cycles for 1 page, 6791 for 10", "Amit"],
        ["UVM, far fault", "about 45 us", "model of UVMSmart"],
        ['"12 us/GPU, 768 us for 64 GPUs"', "without a source: not to be used", "the-mmu-handbook"],
      ],
    },
    {
      id: "LATENCIES 4.8",
      title: "How fast other simulators are",
      text: `Accel-Sim: 12.5 thousand warp instructions a second from traces, 4.3 times GPGPU-Sim 3.x. Huerta 2025: Accel-Sim
        with OpenMP is 5.8 times as fast on average on 16 threads, 14 times at most, deterministic to the bit; some runs on one
        thread take more than 5 days. MGPUSim's figures of ISCA'19 were not verified and are not to be cited.`,
      source: "the papers named",
    },
    {
      id: "LATENCIES 4.9",
      title: "Defaults of the simulated hardware",
      text: "A proposal of our own, derived from the above.",
      source: "LATENCIES 4.6 and LATENCIES 4.7",
      table: [
        ["what", "default"],
        ["L1 TLB", "32 entries, fully associative, 1 cycle"],
        ["L2 TLB", "512 entries, 16 ways, 10 cycles"],
        ["walk", "4 levels of 100 cycles, 8 walkers, 1 GHz"],
        ["far fault", "45 us"],
        ["TLB invalidation, like GuC", "40 us typical, 100 us pessimistic"],
        ["TLB invalidation, like KIQ", "2 to 6 us"],
        ["IOTLB invalidation", "2 us"],
        ["time-out of ATC", "1 s (SMMU), 100 ms (AMD)"],
        ["batch of faults", "32 (dmirror), 256 (UVM)"],
        ["deadline of retries", "1000 ms"],
        ["threshold of a full flush", "512 pages (SMMU), 4 ranges (UVM), 8 queues (xe, by context)"],
      ],
    },
  ],
} as const satisfies Section;
