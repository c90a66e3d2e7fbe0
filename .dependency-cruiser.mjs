/**
 * Who may import whom. A room is a folder of src, or the files that lie directly in a folder that has rooms of its own; it may import
 * itself and what stands beside its name, nothing else. Entries are regular expressions of paths below src; `type:` in front of one
 * admits types only. Every room stands below those that use it.
 */
const PROTOCOL = ["driver", "kernel", "device", "machine"];
/** What every design is written in terms of. */
const DESIGN = [String.raw`driver/(driver|options|owner|tracepoints)\.ts`, "kernel", "device", "machine"];
/** What oracles see of a machine: its events, and looks that are no steps. */
const VIEWS = [String.raw`(kernel|device|driver)/(view|tracepoints)\.ts`, "machine"];
/** The same without what looks into memory: for oracles to which events are enough. */
const EVENTS = [
  "trace",
  String.raw`check/books/(?!frame_shadow|tlb_shadow)[^/]+`,
  "check/record",
  String.raw`(kernel|device|driver)/(view|tracepoints)\.ts`,
  "machine/(?!access|physical|pte)[^/]+",
];
/** A machine that runs. */
const RUNNING = ["boot", "bundle", "executor", "check", "trace", "scenario", ...PROTOCOL];
/** All that there is but commands. */
const WORK = ["rules", "bench", "mutants", "compare", "hunt", "conformance", "report", "bugs", ...RUNNING];

export const ROOMS = {
  rules: [],
  machine: [],
  kernel: ["machine"],
  device: ["machine"],
  "driver/parts": DESIGN,
  "driver/argued": ["driver/parts", ...DESIGN],
  "driver/model": ["driver/parts", ...DESIGN],
  driver: PROTOCOL,
  "scenario/strace": [String.raw`scenario/[^/]+\.ts`, ...PROTOCOL],
  "scenario/play": [String.raw`scenario/[^/]+\.ts`, "type:rules", ...PROTOCOL],
  scenario: ["scenario", ...PROTOCOL],
  trace: VIEWS,
  "check/record": [String.raw`check/(world|rules)\.ts`, "trace", "type:report", ...VIEWS],
  "check/books": [String.raw`check/world\.ts`, "check/record", "trace", ...VIEWS],
  "check/oracle/events": [String.raw`check/oracle/[^/]+\.ts`, String.raw`check/rules\.ts`, ...EVENTS],
  "check/oracle/memory": [
    String.raw`check/oracle/[^/]+\.ts`,
    String.raw`check/(world|rules)\.ts`,
    "check/(books|record)",
    "trace",
    ...VIEWS,
  ],
  "check/oracle/locks": [String.raw`check/rules\.ts`, ...EVENTS],
  "check/oracle": [String.raw`check/(world|rules)\.ts`, "check/(books|record)", "trace", ...VIEWS],
  check: ["check", "trace", "type:(report|rules)", ...VIEWS],
  "executor/explorer/engine": ["type:rules", "machine"],
  "executor/explorer/liveness": ["executor/explorer/engine", "machine"],
  "executor/explorer/replay": ["executor/explorer/engine", "machine"],
  "executor/explorer/measure": ["executor/explorer/engine", "machine"],
  "executor/explorer/sanitizer": ["executor/explorer/engine", "machine"],
  "executor/explorer/program": ["executor/explorer/(engine|liveness)", "machine"],
  "executor/explorer/strategy": ["executor/explorer/(engine|measure)", "machine"],
  "executor/explorer/explain": ["executor/explorer/(engine|replay)", "machine"],
  "executor/explorer/minimise": ["executor/explorer/(engine|replay|explain)", "machine"],
  "executor/explorer": ["executor/explorer", "machine"],
  "executor/simulator": [String.raw`executor/[^/]+\.ts`, "machine"],
  "executor/threads": [String.raw`executor/[^/]+\.ts`, "machine"],
  executor: ["machine"],
  conformance: ["executor/explorer", "kernel", "machine"],
  bugs: ["type:rules"],
  report: ["rules", "type:(hunt/explain|executor/threads)"],
  bundle: ["bugs", "scenario", ...PROTOCOL],
  boot: ["type:report", ...RUNNING],
  compare: [String.raw`report/(numbers|rule_text)\.ts`, "type:report", ...RUNNING],
  "hunt/machine": ["type:report", ...RUNNING],
  "hunt/explain": ["hunt/machine", "type:report", ...RUNNING],
  "hunt/search": ["hunt/(machine|explain)", "type:bugs", ...RUNNING],
  "hunt/kill": ["hunt/(machine|search)", "type:(bugs|report)", ...RUNNING],
  mutants: [String.raw`executor/explorer/engine/rng\.ts`],
  bench: WORK,
  "cli/common": WORK,
  "cli/compare": ["cli/common", ...WORK],
  "cli/docs": ["cli/common", ...WORK],
  "cli/hunt": ["cli/common", ...WORK],
  "cli/stress": ["cli/common", ...WORK],
  cli: ["cli/common", ...WORK],
};

/** The rule of one room: whatever is not admitted is forbidden. */
function ruleOf([room, admitted]) {
  const hasRooms = Object.keys(ROOMS).some((other) => other.startsWith(`${room}/`));
  const own = hasRooms ? `src/${room}/[^/]+$` : `src/${room}/`;
  const pattern = (entries) => `^(${[own, ...entries.map((entry) => `src/${entry}(/|$)`)].join("|")})`;
  const values = admitted.filter((entry) => !entry.startsWith("type:"));
  const types = admitted.map((entry) => entry.replace("type:", ""));
  const from = { path: `^${own}` };
  const upwards = { path: "^(src|workers|scripts|test|bench)/" };
  return [
    { name: `room ${room}`, severity: "error", from, to: { ...upwards, pathNot: pattern(types) } },
    ...(values.length === types.length
      ? []
      : [
          {
            name: `types only in room ${room}`,
            severity: "error",
            from,
            to: { ...upwards, pathNot: pattern(values), dependencyTypesNot: ["type-only"] },
          },
        ]),
  ];
}

export default {
  forbidden: [
    ...Object.entries(ROOMS).flatMap(ruleOf),
    {
      name: "the public interface knows no command",
      severity: "error",
      from: { path: String.raw`^src/[^/]+\.ts$` },
      to: { path: "^(src/(cli|bench|report)|workers|scripts|test|bench)/" },
    },
    {
      name: "scripts call cli",
      severity: "error",
      from: { path: "^scripts/" },
      to: { path: "^(src|workers)/", pathNot: "^src/cli/" },
    },
    {
      name: "no cycles",
      severity: "error",
      from: { path: "^(src|workers)/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no orphans", severity: "error", from: { orphan: true, path: "^src/" }, to: {} },
    {
      name: "declared dependencies only",
      severity: "error",
      from: { path: "^(src|workers|scripts)/", pathNot: "^src/(bench|mutants)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
