/**
 * What a step costs in virtual time, in nanoseconds. Every figure can be set. Of those marked [L] docs/simulator.md names the
 * measurement that they are taken from (LATENCIES 4.7, 4.9); [C] are calibrated so that a measured operation as a whole comes out
 * right; the others are round figures for server processors, to be set by whoever knows better.
 */
export interface StepCosts {
  /** A plain or marked access to a line that this CPU has, with all the instructions that go with it. [C] */
  readonly accessNs: number;
  /** An atomic read-modify-write on such a line. [C] */
  readonly atomicNs: number;
  /** On top, if another processor had the line: transfers of one line follow one another. */
  readonly lineTransferNs: number;
  /** On top, for a node of an interval tree: with many notifiers they are in no near cache. */
  readonly treeLevelNs: number;
  /** An object taken from or given back to a slab, on top of its accesses. */
  readonly allocationNs: number;
  /** From the release of a lock to a waiter that was still spinning. */
  readonly handOverNs: number;
  /** A waiter for a mutex or a semaphore spins for so long before it sleeps. */
  readonly spinNs: number;
  /** From a wake-up to the sleeper's next step: a C futex pair takes 4.5 to 6 us there and back. [L] */
  readonly wakeUpNs: number;
  /** What waking costs whoever wakes, for each sleeper. */
  readonly wakerNs: number;
  /** From a device's answer to the first step of its interrupt handler; an IPI takes 2.7 us there and back. [L] */
  readonly interruptNs: number;
  /** What entering and leaving an interrupt costs the CPU. */
  readonly interruptEntryNs: number;
  /** A CPU rings a doorbell: a posted write over PCIe. */
  readonly doorbellNs: number;
  /** A round of a polling loop. */
  readonly relaxNs: number;
  /** A CPU that others wait for is given to the next after so long. */
  readonly sliceNs: number;
  /** A step of a device: a cycle at 1 GHz. [L] */
  readonly deviceStepNs: number;
  /** A look-up in the second level of a TLB, a fill, a flush: ten cycles. [L] */
  readonly deviceTlbNs: number;
  /** A device's access to memory; a walk takes one a level: 100 cycles. [L] */
  readonly deviceMemoryNs: number;
  /** From the doorbell to the first step of an engine that was at rest. */
  readonly deviceWakeUpNs: number;
}

export const DEFAULT_COSTS: StepCosts = {
  accessNs: 20,
  atomicNs: 25,
  lineTransferNs: 60,
  treeLevelNs: 20,
  allocationNs: 60,
  handOverNs: 100,
  spinNs: 20_000,
  wakeUpNs: 2500,
  wakerNs: 500,
  interruptNs: 1350,
  interruptEntryNs: 250,
  doorbellNs: 200,
  relaxNs: 40,
  sliceNs: 4_000_000,
  deviceStepNs: 1,
  deviceTlbNs: 10,
  deviceMemoryNs: 100,
  deviceWakeUpNs: 500,
};
