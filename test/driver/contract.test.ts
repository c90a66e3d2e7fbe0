import { describe, expect, it } from "vitest";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { DRIVER_NAMES, finishesOf } from "../../src/driver/catalogue.ts";
import { formatFinishOption, parseFinishOption, type FinishOption } from "../../src/driver/options.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { explore } from "../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE, NO_FAULTS, type FaultConfig } from "../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { registerPlay } from "../../src/scenario/play/catalogue.ts";
import { closing, faulting, invalidating, opening, refusing } from "./contract_plays.ts";
import type { EventId } from "../../src/machine/tracepoint.ts";

/** What every driver owes, as judged by the oracles, the sanitizers and the balance of all memory. */

interface Case {
  readonly name: string;
  readonly play: string;
  /** What has to happen, or nothing was tried. */
  readonly sees: EventId;
  readonly faults?: Partial<FaultConfig>;
  readonly schedules?: number;
}

const SCHEDULES = 6;
const ALL = "all";
const REFUSED = "a fault that is refused";
const NESTED = "invalidation inside an invalidation";
const CLOSED = "close beside an invalidation";
const NON_BLOCKING = "a range that must not block";
const LATE = "a late GPU";
const SILENT = "a silent GPU";

const CASES: readonly Case[] = [
  { name: "open and close", play: opening.name, sees: driverEvents.vmOpen },
  { name: "fault", play: faulting.name, sees: deviceEvents.deviceAccess },
  { name: REFUSED, play: refusing.name, sees: kernelEvents.mmExit, schedules: 1 },
  { name: "invalidate", play: invalidating.name, sees: kernelEvents.invalidateRangeStarted },
  { name: "fault beside an invalidation", play: "fault-beside", sees: deviceEvents.deviceAccess },
  { name: NESTED, play: "nested", sees: kernelEvents.invalidateRangeStarted },
  { name: CLOSED, play: closing.name, sees: driverEvents.vmClose },
  { name: "process exit", play: "exit", sees: kernelEvents.notifiersReleased },
  { name: NON_BLOCKING, play: "oom-flush", sees: kernelEvents.invalidateRangeStarted },
  { name: "two TLBs", play: "two-tlbs", sees: kernelEvents.invalidateRangeStarted },
  { name: LATE, play: "late-flush", sees: kernelEvents.invalidateRangeStarted, faults: { lateAnswerPercent: 100 } },
  {
    name: SILENT,
    play: invalidating.name,
    sees: kernelEvents.invalidateRangeStart,
    faults: { lostAnswerPercent: 100 },
    schedules: 1,
  },
];
for (const play of [opening, closing, faulting, invalidating, refusing]) registerPlay(play.name, play);

/**
 * Whoever waits for a GPU that never answers waits forever: a watchdog finds that, and nobody finds a page that is given up too
 * early.
 */
const WAITS_FOR_EVER = ["livelock", "deadlock"];
const RACE = "data-race frame.entries[]";

/** What is said to designs that have a finding (docs/findings), by case: at least one of these rules, and no other. */
const FINDINGS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "xe-userptr": { [NESTED]: [RACE, "I18", "join"], [LATE]: ["I18", "join"], [SILENT]: [RACE] }, // 1, 2
  "xe-userptr-6.18": { [LATE]: ["I18", "join"], [SILENT]: [RACE] }, // 2
  gpusvm: { [LATE]: ["I18", "join"], [SILENT]: [RACE] }, // 2
  "gpusvm-two-pass": { [NESTED]: [RACE, "I18", "join"], [LATE]: ["I18", "join"], [SILENT]: [RACE] }, // 6, 2
  "pass-counter": { [NESTED]: ["I21", "livelock"] }, // 3
  "lock-across-passes": { [ALL]: ["RULES 28"], [REFUSED]: [] }, // 4
  "lock-across-passes-per-notifier": { [ALL]: ["RULES 28"], [REFUSED]: [] }, // 4
  nouveau: { [NON_BLOCKING]: ["I1"] }, // 7
  "finish-at-range-end": { [ALL]: ["I10", "join"], [REFUSED]: [] }, // the negative control
};

function tried(driver: string, { play, sees, faults, schedules = SCHEDULES }: Case, finish?: FinishOption) {
  const machine = { ...DEFAULT_HUNT_MACHINE, driver, play, finish, faults: { ...NO_FAULTS, ...faults } };
  const subject = new HuntSubject(machine);
  let seen = 0;
  subject.tracer.on("record", sees, () => seen++);
  const { found } = explore({ subject, strategy: new RandomWalk(1), seed: 1, schedules, keepGoing: true });
  return { seen, rules: [...new Set(found.map(({ failure }) => failure.rule))] };
}

describe.each(DRIVER_NAMES)("%s", (driver) => {
  it.each(CASES)("$name", (contract) => {
    const { seen, rules } = tried(driver, contract);
    const known = FINDINGS[driver] ?? {};
    const expected = known[contract.name] ?? known[ALL] ?? (contract.name === SILENT ? WAITS_FOR_EVER : []);
    const unforeseen = rules.filter((rule) => !expected.includes(rule));
    expect({ unforeseen, isBroken: rules.length > 0 }).toEqual({ unforeseen: [], isBroken: expected.length > 0 });
    expect(seen + rules.length, "what it is about has happened").toBeGreaterThan(0);
  });
});

const FINISHES = ["pool:1", "pool:0", "shared-pool:1", "embedded", "block", "join", "nowait:50"];
const SOUND = DRIVER_NAMES.filter((driver) => finishesOf(driver).length > 0 && FINDINGS[driver] === undefined);

describe.each(SOUND)("%s, wherever its finish objects come from", (driver) => {
  const options = FINISHES.map(parseFinishOption).filter(({ kind }) => finishesOf(driver).includes(kind));
  it.each(options.map((finish) => ({ finish, name: formatFinishOption(finish) })))("$name", ({ finish }) => {
    const contracts = CASES.filter(({ name }) => name === NESTED || name === CLOSED);
    expect(contracts.flatMap((contract) => tried(driver, contract, finish).rules)).toEqual([]);
  });
});
