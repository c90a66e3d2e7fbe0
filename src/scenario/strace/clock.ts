const DAY_US = 86_400e6;
/** Numbers below are the seconds since the line before (-r); above, the seconds since 1970 (-ttt). */
const EPOCH = 1e8;

/** Turns the timestamps of a log, of whatever kind, into microseconds since its first line. */
export class LogClock {
  #first: number | null = null;
  #last = 0;
  #sum = 0;

  /** @param time as printed; "" (no timestamps) is always 0 */
  us(time: string): number {
    if (time === "") return 0;
    let now = time.includes(":") ? this.#timeOfDayUs(time) : this.#secondsUs(time);
    this.#first ??= now;
    now -= this.#first;
    return now;
  }

  #timeOfDayUs(time: string): number {
    const [hours, minutes, seconds] = time.split(":");
    let us = Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6);
    while (us < this.#last - DAY_US / 2) us += DAY_US; // past midnight
    this.#last = Math.max(us, this.#last);
    return us;
  }

  #secondsUs(time: string): number {
    // By halves: seconds since 1970 in microseconds fit a double, the product of the whole number need not round to them.
    const [whole, fraction = ""] = time.split(".");
    const us = Number(whole) * 1e6 + Math.round(Number(`0.${fraction}`) * 1e6);
    return Number(whole) < EPOCH ? (this.#sum += us) : us;
  }
}
