import type { Rule, Section } from "./rule.ts";

const THREADS = "threads of the series (RULES c)";

export const ALTERNATIVES_ARGUED = {
  id: "RULES d",
  title: "Designs that were argued, and what to measure",
  text: `Every form that somebody proposed for the passes, what was claimed for and against it, and the measurement that would
    decide.`,
  source: THREADS,
} as const satisfies Rule;

export const ALTERNATIVES = {
  title: "Design by design",
  text: "A figure that is claimed here was claimed in the threads; none was measured there (RULES c).",
  rules: [
    {
      id: "RULES d 1",
      title: "One pass: simplest, but its latency is a sum",
      text: `All of the work is in one callback, under the user lock, so that waiting for earlier work comes for free (RULES
        21). What was before.`,
      source: `${THREADS}; cover letter`,
      columns: {
        for: "simplest",
        against: "does not scale: the latency is the sum over all GPUs",
        "to measure": "latency of the start by number of GPUs and latency of their TLBs",
      },
    },
    {
      id: "RULES d 2",
      title: "A list of passes in naive round robin (the RFC)",
      text: "Each pass names the next one, or none; the list is gone over until it is empty.",
      source: `${THREADS}; Hellström, Gunthorpe`,
      columns: {
        for: "flexible: any number of stages",
        against: `a driver of two stages loses its overlap while another is in its third; "co-operative multithreading"
          (Gunthorpe)`,
        "to measure": "overlap lost by mix of drivers with two and with three stages",
      },
    },
    {
      id: "RULES d 3",
      title: "A pass counter and a return code, the tree walked again",
      text: "The callback is called again, with the number of the pass, for as long as it asks for it.",
      source: `${THREADS}; Gunthorpe's sketch, 18 Aug 2025`,
      columns: {
        for: "no list, no allocation",
        against: "no place for the state of an invocation; the tree is walked in each pass",
        "to measure": "the walk's share; failures when a notifier is entered again",
      },
    },
    {
      id: "RULES d 4",
      title: "Two callbacks, start and end, with a second walk",
      text: "Like two passes, but the tree is walked again for the second one.",
      source: `${THREADS}; Popple, 19 Aug 2025`,
      columns: {
        for: "clear names (Popple preferred it)",
        against: `O(n log n) once more; the state of an invocation needs a carrier all the same; visits notifiers that did
          nothing`,
        "to measure": "as for the pass counter",
      },
    },
    {
      id: "RULES d 5",
      title: "Two passes with a list of finish objects (merged)",
      text: `In the first posting the object had the function to call; as merged, finish is in the ops table and the list is an
        llist.`,
      source: `${THREADS}; Hellström, Brost`,
      columns: {
        for: "one walk; the state is embedded; const ops",
        against: "the object has to come from somewhere (RULES d 7)",
        "to measure": "llist against list, which should be noise; that the order is first in, first out",
      },
    },
    {
      id: "RULES d 6",
      title: "One notifier for the driver, which fans out itself",
      text: "The driver multiplexes: it has one notifier for all of its GPUs, and starts and awaits them within one callback.",
      source: `${THREADS}; cover letter, Hellström`,
      columns: {
        for: "no change of the core",
        against: "a user lock shared by all GPUs makes commits of faults serial",
        "to measure": "throughput of commits by number of GPUs, with a shared and a private lock",
      },
    },
    {
      id: "RULES d 7",
      title: "Finish objects: (a) allocated each time, GFP_NOWAIT",
      text: `Where the object of an invocation comes from is a question of its own: RULES d 7b to RULES d 7f are the other
        answers.`,
      source: `${THREADS}; Popple, Hellström`,
      columns: {
        for: "simple",
        against: `an allocation only to pass a pointer (Popple); greedy notifiers that come first exhaust it, and the rest is
          serial, exactly under reclaim (Hellström)`,
        "to measure": "rate of failures by size of the pool; what the order does",
      },
    },
    {
      id: "RULES d 7b",
      title: "Finish objects: (b) a small pool",
      text: "The test for a fence that was never armed looks at its number, and relies on a struct that was zeroed.",
      source: `${THREADS}; Hellström`,
      mark: "A for what is against it",
      columns: {
        for: "mitigates a lack of memory",
        against: "a shared pool is contended; a struct that is used again has stale fields",
        "to measure": "",
      },
    },
    {
      id: "RULES d 7c",
      title: "Finish objects: (c) one embedded in each notifier",
      text: "With a flag finish_inuse. What xe has, as merged.",
      source: `${THREADS}; Brost`,
      columns: {
        for: "no allocation",
        against: `a second invocation at the same time does its work at once, in the first pass, and delays the others;
          expected to be rare (Brost)`,
        "to measure": "how often it falls back, by number of threads; the tail of the latency",
      },
    },
    {
      id: "RULES d 7d",
      title: "Finish objects: (d) wait until one is free",
      text: '"Allocate (or block)", Brost, August 2025.',
      source: `${THREADS}; Brost`,
      columns: {
        for: "memory is bounded",
        against: "the start pass blocks; chains of waits are possible",
        "to measure": "search for deadlocks",
      },
    },
    {
      id: "RULES d 7e",
      title: "Finish objects: (e) fall back to one pass on failure",
      text: "What the documentation advises.",
      source: THREADS,
      columns: { for: "always correct", against: "unfair; the latency is a matter of luck", "to measure": "" },
    },
    {
      id: "RULES d 7f",
      title: "Finish objects: (f) join what is in flight",
      text: `A second invocation attaches to the batch that is in flight, and waits for it in a finish of its own. So every
        invocation waits for all the work that covers its range, and the overlap is kept.`,
      source: "not proposed in the threads",
      mark: "A",
      columns: {
        for: "RULES 21 holds, and overlap is kept",
        against: "needs a batch with a reference count",
        "to measure": "against RULES d 7c",
      },
    },
    {
      id: "RULES d 8",
      title: "A finish without arguments",
      text: "finish(range, cur_seq) of the first posting against a finish that is given its object alone, as merged.",
      source: `${THREADS}; second posting`,
      columns: {
        for: "a stale range cannot be misused",
        against: "the driver has to store what it needs",
        "to measure": "-",
      },
    },
    {
      id: "RULES d 9",
      title: "The user lock dropped between the passes, or held",
      text: "As merged it is dropped.",
      source: THREADS,
      columns: {
        for: "to hold it risks deadlock, holds it long, and stops faults on other ranges",
        against: "to drop it opens the window of RULES 21 and RULES 22",
        "to measure": "what each costs",
      },
    },
    {
      id: "RULES d 10",
      title: "The finish run at range_end is wrong",
      text: "The second pass after all of the mm's work. It is here as a negative control.",
      source: "the lesson of 2014 (RULES g)",
      columns: {
        for: "as much overlap as there can be",
        against: "pages may be freed before range_end (RULES 79)",
        "to measure": "that the oracles object",
      },
    },
    {
      id: "RULES d 11",
      title: "Exact dynamic intervals, or aligned chunks",
      text: `Intervals that follow the VMAs, or page-table-aligned chunks as in RDMA's on-demand paging. Gunthorpe asked for
        "some kind of analysis on the two methods"; it was never delivered, and is a question made for an emulator.`,
      source: "Campbell and Gunthorpe, 2020 (RULES h)",
      columns: {
        for: "exact: fewer invalidations that hit nothing. Chunks: one lockless look-up, in parallel",
        against: "exact: a lock, find_vma and GFP_ATOMIC for each fault",
        "to measure": "invalidations for nothing against the cost of a fault",
      },
    },
  ],
} as const satisfies Section;
