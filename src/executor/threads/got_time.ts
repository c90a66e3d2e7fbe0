import { readdirSync, readFileSync } from "node:fs";

const THREADS = "/proc/self/task";

/** How often somebody has to look at the clock, in milliseconds. */
export const LOOK_MS = 250;

/** What the operating system says of this process. */
export interface Host {
  /** Microseconds on a clock that goes on while the process is stopped. */
  nowUs(): number;
  /** How long each thread was able to run but had no core, in microseconds since its start; empty if that is not told. */
  waitedUs(): ReadonlyMap<string, number>;
}

/**
 * The time that this process got, for deadlines that are about the machine under test: a host that is late makes nobody hang.
 * Time in which one of the threads waited for a core is not counted, and of a time in which nobody looked (the process was
 * stopped, or the thread that looks had no core) no more than two looks.
 */
export class GotTime {
  readonly #host: Host;
  #gotUs = 0;
  #lookedUs: number;
  #waitedUs: ReadonlyMap<string, number>;
  /** Waiting is told when it is over, and then all at once: what is still to be taken off. */
  #owedUs = 0;

  constructor(host: Host) {
    this.#host = host;
    this.#lookedUs = host.nowUs();
    this.#waitedUs = host.waitedUs();
  }

  /** Microseconds until now. Call it every {@link LOOK_MS}. */
  look(): number {
    const nowUs = this.#host.nowUs();
    const waitedUs = this.#host.waitedUs();
    let longestUs = 0;
    for (const [thread, us] of waitedUs) longestUs = Math.max(longestUs, us - (this.#waitedUs.get(thread) ?? 0));
    const seenUs = Math.min(nowUs - this.#lookedUs, 2 * LOOK_MS * 1000);
    const lostUs = Math.min(seenUs, this.#owedUs + longestUs);
    this.#owedUs += longestUs - lostUs;
    this.#gotUs += seenUs - lostUs;
    this.#lookedUs = nowUs;
    this.#waitedUs = waitedUs;
    return this.#gotUs;
  }

  /** Resolves when the process has got so much more time. */
  after(ms: number): Promise<"late"> {
    const endUs = this.look() + ms * 1000;
    return new Promise((resolve) => {
      const timer = setInterval(
        () => {
          if (this.look() < endUs) return;
          clearInterval(timer);
          resolve("late");
        },
        Math.min(ms, LOOK_MS),
      ).unref();
    });
  }
}

/** The host that this process is on. @param nowUs its clock */
export function thisHost(nowUs: () => number): Host {
  return { nowUs, waitedUs: threadsWaitedUs };
}

function threadsWaitedUs(): Map<string, number> {
  const waitedUs = new Map<string, number>();
  for (const thread of threads()) {
    const [, waitedNs] = schedstat(thread);
    if (waitedNs !== undefined) waitedUs.set(thread, waitedNs / 1000);
  }
  return waitedUs;
}

/** None where Linux is not. */
function threads(): string[] {
  try {
    return readdirSync(THREADS);
  } catch {
    return [];
  }
}

/** Nanoseconds on a core and waiting for one; empty if the thread has gone. */
function schedstat(thread: string): number[] {
  try {
    return readFileSync(`${THREADS}/${thread}/schedstat`, "utf8").split(" ").map(Number);
  } catch {
    return [];
  }
}
