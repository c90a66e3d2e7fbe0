import { readRecord } from "./blocked_table.ts";
import { blockedTasks, hangReport, type HangReport, type HangView } from "./hang_report.ts";
import type { HostThread } from "./host_thread.ts";
import type { OwnerOf } from "../lock_owner.ts";

export interface WatchdogOptions {
  readonly thread: HostThread;
  /** A task blocked for longer makes a hang; 10 by default, 0 for never, as the kernel's hung_task_timeout_secs. */
  readonly hungTaskSeconds?: number;
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
  readonly #options: WatchdogOptions;
  readonly #hungUs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#hungUs = (options.hungTaskSeconds ?? 10) * 1e6;
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
      Math.min(1000, this.#hungUs / 4000),
    ).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Look at all tasks: a report if one has been blocked for too long. */
  check(): HangReport | null {
    const view = this.view();
    const oldest = blockedTasks(view).at(0);
    if (oldest === undefined || view.nowUs - oldest.sinceMs * 1000 < this.#hungUs) return null;
    return hangReport(view);
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
