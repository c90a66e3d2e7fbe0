import { fetchAdd, initAddr, readOnce, writeOnce } from "../machine/access.ts";
import { futexWake } from "../machine/futex.ts";
import type { Layout } from "../machine/layout.ts";
import { PAGE_SIZE, pageAlignUp } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { array, element, NULL, struct, u32, Word, type Ptr } from "../machine/struct.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE } from "../kernel/mm/mman.ts";
import { mmAlloc } from "../kernel/mm/mm_alloc.ts";
import { mmput } from "../kernel/mm/mm_count.ts";
import { doMmap } from "../kernel/mm/mmap.ts";
import { MmStruct } from "../kernel/mm/mm_struct.ts";
import { Board, MAX_CPUS, PHASE_DRAIN } from "./board.ts";
import { awaitFault, faultCount } from "./fault_service.ts";
import { endProcesses, inProcess, startProcesses } from "./process.ts";
import { replayCall } from "./replay_call.ts";
import type { Actor, ReplayFigures, Scenario } from "./stage.ts";
import { clearTargets, offerTarget } from "./workload_targets.ts";
import { READ_WRITE, touchSome } from "./arena.ts";
import { imageOf, type Range } from "./strace/image.ts";
import { isSameMemory } from "./strace/overlap.ts";
import { schedule, type Op, type Workload } from "./strace/workload.ts";

/** Further address spaces that a log may show besides the first, for which the GPUs work. */
const MAX_SPACES = 64;
/**
 * Calls of the log that one CPU may be ahead of another. Within the window, calls of different threads run side by side unless
 * they are about the same memory; what the log shows farther apart stays in that order.
 */
const WINDOW = 64;
/** Microseconds between two looks at a CPU that is behind. */
const POLL_US = 100;
/** Pages that the program touches after it got memory. */
const TOUCHES = 3;

const Replay = struct("replay", {
  /** Goes up when all CPUs have come to the end of the log. */
  round: u32,
  cpusDone: u32,
  /** Calls that did not end as the log says. */
  mismatches: u32,
  /** For each CPU the position in the log before which it has nothing left to do. */
  position: array(Word, MAX_CPUS),
  /** Address spaces 1, 2, … of the log. */
  spaces: array(Word, MAX_SPACES),
});

/** What is to be replayed. */
export interface WorkloadReplay {
  readonly workload: Workload;
  /** How often; Infinity until the time is up. */
  readonly rounds: number;
}

/**
 * What a real program asked of its memory, again: each thread of the log runs on one CPU (thread modulo CPUs), its calls in
 * their order. After the last call the process exits and, while there is time, starts anew.
 */
export class WorkloadScenario implements Scenario {
  readonly name: string;
  readonly summary = "replay of a recorded program";
  readonly #workload: Workload;
  readonly #image: readonly Range[];
  readonly #rounds: number;
  readonly #replay: Ptr<"replay">;
  /** For each CPU: indexes into the log's calls. */
  readonly #parts: number[][];
  /** Position of each CPU in its part. */
  readonly #next: number[];
  readonly #isDone: boolean[];

  constructor(layout: Layout, { workload, rounds }: WorkloadReplay, cpus: number) {
    this.name = workload.file;
    this.#workload = workload;
    this.#image = imageOf(workload);
    this.#rounds = rounds;
    this.#replay = layout.place(Replay, "replay");
    this.#parts = Array.from({ length: cpus }, () => []);
    for (const [thread, calls] of schedule(workload).entries()) for (const call of calls) this.#parts[thread % cpus].push(call);
    for (const part of this.#parts) part.sort((a, b) => a - b);
    this.#next = this.#parts.map(() => 0);
    this.#isDone = this.#parts.map(() => false);
  }

  figures(words: Int32Array): ReplayFigures {
    return {
      rounds: Atomics.load(words, this.#replay + Replay.round),
      mismatches: Atomics.load(words, this.#replay + Replay.mismatches),
    };
  }

  *populate(actor: Actor, mm: Ptr<"mm_struct">): Run<void> {
    const { current } = actor;
    clearTargets(current.words, actor.stage.board);
    this.#placeHeap(actor, mm, 0);
    yield* this.#mapImage(actor, mm, 0);
    for (let space = 1; space < Math.min(this.#workload.spaces, MAX_SPACES); space++) {
      const other = yield* mmAlloc(current);
      if (other !== NULL) {
        this.#placeHeap(actor, other, space);
        yield* this.#mapImage(actor, other, space);
      }
      yield* writeOnce(current, this.#spaceWord(space), Word.value, other);
    }
  }

  *operation(actor: Actor): Run<void> {
    const { cpu } = actor;
    const part = this.#parts[cpu];
    if (this.#next[cpu] === part.length) {
      yield* this.#endOfLog(actor);
      return;
    }
    const position = part[this.#next[cpu]];
    yield* writeOnce(actor.current, this.#positionWord(cpu), Word.value, position);
    if (!(yield* this.#mayRun(actor, position))) {
      yield* this.#pause(actor);
      return;
    }
    const op = this.#workload.ops[position];
    const hasProcess = yield* inProcess(actor, (mm) => this.#call(actor, mm, op));
    if (hasProcess) this.#next[cpu]++;
    else yield* this.#pause(actor);
  }

  *clear(actor: Actor): Run<void> {
    for (let space = 1; space < MAX_SPACES; space++) {
      const mm = (yield* readOnce(actor.current, this.#spaceWord(space), Word.value)) as Ptr<"mm_struct">;
      yield* writeOnce(actor.current, this.#spaceWord(space), Word.value, NULL);
      if (mm !== NULL) yield* mmput(actor.current, mm);
    }
  }

  /** Make the call in its address space, and use the memory that it gave. */
  *#call(actor: Actor, process: Ptr<"mm_struct">, op: Op): Run<void> {
    const mm = op.space === 0 ? process : yield* this.#space(actor, op.space);
    if (mm === NULL) return;
    const result = yield* replayCall(actor.current, mm, op);
    if (result !== op.result) yield* fetchAdd(actor.current, this.#replay, Replay.mismatches, 1);
    if (op.space === 0) yield* offerTarget(actor, op, result);
    const isNew = (op.call === "mmap" || op.call === "mprotect") && result >= 0;
    if (isNew)
      yield* touchSome(actor, mm, op.call === "mmap" ? result : op.addr, Math.max(PAGE_SIZE, pageAlignUp(op.length)), TOUCHES);
  }

  /** The heap begins where the program found it. */
  #placeHeap({ current }: Actor, mm: Ptr<"mm_struct">, space: number): void {
    const first = this.#workload.ops.find((op) => op.space === space && op.call === "brk" && op.result > 0);
    if (first === undefined) return;
    initAddr(current, mm, MmStruct.startBrk, first.result);
    initAddr(current, mm, MmStruct.brk, first.result);
  }

  *#space(actor: Actor, space: number): Run<Ptr<"mm_struct">> {
    if (space >= MAX_SPACES) return NULL as Ptr<"mm_struct">;
    return (yield* readOnce(actor.current, this.#spaceWord(space), Word.value)) as Ptr<"mm_struct">;
  }

  /** This CPU has nothing left in this round; when none has, CPU 0 ends the process and begins the next round. */
  *#endOfLog(actor: Actor): Run<void> {
    const { current, stage, cpu } = actor;
    const round = yield* readOnce(current, this.#replay, Replay.round);
    if (!this.#isDone[cpu]) {
      this.#isDone[cpu] = true;
      yield* writeOnce(current, this.#positionWord(cpu), Word.value, this.#workload.ops.length);
      yield* fetchAdd(current, this.#replay, Replay.cpusDone, 1);
    }
    if (cpu === 0 && (yield* readOnce(current, this.#replay, Replay.cpusDone)) === stage.cpus) {
      yield* this.#nextRound(actor, round + 1);
    }
    if ((yield* readOnce(current, this.#replay, Replay.round)) === round) {
      yield* this.#pause(actor);
    } else {
      this.#isDone[cpu] = false;
      this.#next[cpu] = 0;
    }
  }

  *#nextRound(actor: Actor, round: number): Run<void> {
    const { current, stage } = actor;
    if (round >= this.#rounds) {
      yield* writeOnce(current, stage.board, Board.phase, PHASE_DRAIN);
      yield* futexWake(current, stage.board, Board.phase);
    } else {
      yield* this.clear(actor);
      yield* endProcesses(actor);
      yield* startProcesses(actor, this);
      yield* writeOnce(current, this.#replay, Replay.cpusDone, 0);
      for (let cpu = 0; cpu < stage.cpus; cpu++) yield* writeOnce(current, this.#positionWord(cpu), Word.value, 0);
    }
    yield* writeOnce(current, this.#replay, Replay.round, round);
    yield* futexWake(current, this.#replay, Replay.round);
  }

  /** Has everything happened that has to come before this call? */
  *#mayRun({ current, stage, cpu }: Actor, position: number): Run<boolean> {
    const { ops } = this.#workload;
    for (let other = 0; other < stage.cpus; other++) {
      if (other === cpu) continue;
      const reached = yield* readOnce(current, this.#positionWord(other), Word.value);
      if (reached + WINDOW < position) return false;
      for (let earlier = reached; earlier < position; earlier++) {
        if (ops[earlier].thread % stage.cpus === other && isSameMemory(ops[earlier], ops[position])) return false;
      }
    }
    return true;
  }

  /** Nothing to do before others have moved on; faults are served meanwhile. */
  *#pause(actor: Actor): Run<void> {
    const { current, stage } = actor;
    yield* awaitFault(current, stage, yield* faultCount(current, stage), current.nowUs() + POLL_US);
  }

  /** Map what execve had mapped before the log begins. */
  *#mapImage(actor: Actor, mm: Ptr<"mm_struct">, space: number): Run<void> {
    for (const { start, end } of this.#image.filter((range) => range.space === space)) {
      yield* doMmap(actor.current, mm, start, end - start, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    }
  }

  #positionWord(cpu: number): Ptr<"word"> {
    return element(this.#replay, Replay.position, Word, cpu);
  }

  #spaceWord(space: number): Ptr<"word"> {
    return element(this.#replay, Replay.spaces, Word, space);
  }
}
