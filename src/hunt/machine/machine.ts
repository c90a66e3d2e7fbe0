import { DEFAULT_CONFIG, type MachineConfig } from "../../boot/config.ts";
import { TaskTable } from "../../boot/task_table.ts";
import { DEFAULT_FRAMES, type Play } from "../../scenario/play/play.ts";
import type { HuntMachine } from "./hunt_machine.ts";

/** Finish objects that each GPU has unless a play says otherwise: more than the plays need. */
const FINISH_POOL = 4;

/**
 * The machine that a play is played on: small, and with hardware that takes no time, since how long something takes is the
 * schedule's business.
 */
export function machineConfig(config: HuntMachine, play: Play): MachineConfig {
  const { allocationPercent, lostAnswerPercent, lateAnswerPercent, outOfOrderPercent } = config.faults;
  const finish = config.finish ?? play.finish ?? { kind: "pool", size: FINISH_POOL };
  return {
    ...DEFAULT_CONFIG,
    driver: config.driver,
    gpus: config.gpus,
    cpus: config.cpus,
    contexts: play.contexts ?? 1,
    tlbDomains: play.tlbDomains ?? 1,
    frames: play.frames ?? DEFAULT_FRAMES,
    finish: allocationPercent > 0 ? { kind: "nowait", failPercent: allocationPercent } : finish,
    tlbLatencyUs: 0,
    preemptLatencyUs: 0,
    slabs: { mms: 8, vmas: 64, swapSlots: 16 },
    firmware: { lostAnswerPercent, lateAnswerPercent, outOfOrderPercent },
  };
}

/** Tasks that this machine has in this play: known before anything is built. */
export function taskCount(config: HuntMachine, play: Play): number {
  return new TaskTable(machineConfig(config, play)).count;
}
