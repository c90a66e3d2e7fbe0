const MOST = 8;
const PROBE_EVERY = 64;

/**
 * Whether spinning before a sleep is worth its while. The number of awake threads says that a core may be free, but not
 * that it is (the host runs other programs), nor that the answer will be quick. So each spin that is answered earns credit and
 * each that is not costs some; a thread without credit sleeps at once, but for a probe now and then. Where two threads share a
 * core in truth, spinning would only keep the other from answering.
 */
export class SpinCredit {
  #credit = MOST;
  #skipped = 0;

  shouldSpin(): boolean {
    if (this.#credit > 0) return true;
    this.#skipped = (this.#skipped + 1) % PROBE_EVERY;
    return this.#skipped === 0;
  }

  record(wasAnswered: boolean): void {
    this.#credit = wasAnswered ? Math.min(this.#credit + 1, MOST) : Math.max(this.#credit - 1, 0);
  }
}
