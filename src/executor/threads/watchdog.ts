import { readRecord, type TaskState } from "./blocked_table.ts";
import { GotTime, LOOK_MS, thisHost, type Host } from "./got_time.ts";
import { blockedTasks, hangReport, type HangReport, type HangView } from "./hang_report.ts";
import type { HostThread } from "./host_thread.ts";
import type { OwnerOf } from "../lock_owner.ts";

export interface WatchdogOptions {
  readonly thread: HostThread;
  /**
   * A task blocked for longer makes a hang; 10 by default, 0 for never, as the kernel's hung_task_timeout_secs. Counted is the
   * time that the process gets.
   */
  readonly hungTaskSeconds?: number;
  /** By default the one that we are on. */
  readonly host?: Host;
  /**
   * Changes as long as the machine gets on. One that stands still for as long makes a hang, too: somebody asks again and again,
   * in vain. By default nobody looks.
   */
  readonly progress?: () => number;
  /** Name of a word. */
  readonly nameOf: (addr: number) => string;
  readonly taskName: (id: number) => string;
  readonly ownerOf: OwnerOf;
  /** See HangView. */
  readonly readersOf: (addr: number) => number;
  /** A wait that may last forever, beside that of a GPU's engine on its doorbell. */
  readonly isIdle?: (taskId: number, addr: number) => boolean;
  /** Called once. */
  readonly onHang: (report: HangReport) => void;
}

/**
 * The hung-task detector. It runs from main's event loop, which turns even while main itself is blocked. It is blind to a main
 * that goes round forever between two of its steps. A thread of its own would see that, but could not end the run as a hung one:
 * main alone sets the exit code of a process, and others can only kill it.
 */
export class Watchdog {
  readonly time: GotTime;
  readonly #options: WatchdogOptions;
  readonly #hungUs: number;
  #timer: NodeJS.Timeout | null = null;
  /** The waits seen at the last look, by task. */
  #waits = new Map<number, Wait>();
  #progress = NaN;
  #progressUs = 0;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#hungUs = (options.hungTaskSeconds ?? 10) * 1e6;
    this.time = new GotTime(options.host ?? thisHost(options.thread.nowUs));
  }

  start(): void {
    if (this.#hungUs === 0) return;
    this.#timer ??= setInterval(
      () => {
        const report = this.check();
        if (report === null) return;
        this.stop();
        this.#options.onHang(report);
      },
      Math.min(LOOK_MS, this.#hungUs / 4000),
    ).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Look at all tasks: a report if one has been blocked for too long, or nothing has got on. */
  check(): HangReport | null {
    const nowUs = this.time.look();
    const view = this.view();
    const waits = blockedTasks(view).map((task) => this.#waitOf(task, nowUs));
    this.#waits = new Map(waits.map((wait) => [wait.task.id, wait]));
    if (waits.some(({ seenUs }) => nowUs - seenUs >= this.#hungUs)) return hangReport(view);
    return this.#standsStill(nowUs) ? hangReport(view, (nowUs - this.#progressUs) / 1000) : null;
  }

  /** The same sleep as at the last look, or a new one. */
  #waitOf(task: TaskState, nowUs: number): Wait {
    const before = this.#waits.get(task.id);
    const isSame = before?.task.sinceMs === task.sinceMs && before.task.futex === task.futex;
    return { task, seenUs: isSame ? before.seenUs : nowUs };
  }

  #standsStill(nowUs: number): boolean {
    const progress = this.#options.progress?.() ?? NaN;
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#progressUs = nowUs;
    }
    return nowUs - this.#progressUs >= this.#hungUs;
  }

  /** What all tasks are doing now; for a report on demand. */
  view(): HangView {
    const { thread, nameOf, taskName, ownerOf, readersOf, isIdle } = this.#options;
    const { words, state } = thread;
    const doorbells = new Set(state.gpus.map((gpu) => gpu.doorbell));
    return {
      words,
      tasks: Array.from({ length: state.tasks + 1 }, (_, id) => readRecord(words, state, id)),
      nowUs: thread.nowUs(),
      nameOf,
      taskName,
      ownerOf,
      readersOf,
      isIdle: (taskId, addr) => doorbells.has(addr) || (isIdle?.(taskId, addr) ?? false),
    };
  }
}

/** A task that is blocked, and when that was seen first: in time that the process got. */
interface Wait {
  readonly task: TaskState;
  readonly seenUs: number;
}
