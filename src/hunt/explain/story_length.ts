import type { StoryEvent } from "./finding.ts";

/** Longest loop that is looked for, in events. */
const MAX_PERIOD = 8;
/** Events that are told at most, apart from those that are needed; what is left out is out of the middle. */
const MAX_EVENTS = 100;
/** Of them, those at the beginning. */
const KEPT_FIRST = 30;

/** What was done over and over is told once, with the number of times. */
export function foldLoops(events: readonly StoryEvent[]): StoryEvent[] {
  const folded: StoryEvent[] = [];
  for (const event of events) {
    folded.push(event);
    for (let period = 1; period <= MAX_PERIOD && period < folded.length; period++) {
      if (foldLast(folded, period)) break;
    }
  }
  return folded;
}

/** If the last `period` events say the same as those before them, put them together. */
function foldLast(events: StoryEvent[], period: number): boolean {
  const start = events.length - 2 * period;
  if (start < 0) return false;
  for (let i = start; i < start + period; i++) {
    if (
      !areAlike(events[i], events[i + period]) ||
      events[i + period].times > 1 ||
      (period > 1 && events[i].times !== events[start].times)
    )
      return false;
  }
  for (let i = start; i < start + period; i++) {
    const { last, isWrong, details } = events[i + period];
    events[i] = { ...events[i], last, isWrong, details, times: events[i].times + 1 };
  }
  events.length = start + period;
  return true;
}

function areAlike(a: StoryEvent, b: StoryEvent): boolean {
  return a.task === b.task && a.text === b.text && a.isAside === b.isAside && a.details.length === b.details.length;
}

/** A story that is too long loses its middle, but nothing that is needed. */
export function leaveOut(events: readonly StoryEvent[], needed: ReadonlySet<number>): StoryEvent[] {
  if (events.length <= MAX_EVENTS) return [...events];
  const kept: StoryEvent[] = [];
  events.forEach((event, index) => {
    const isKept = index < KEPT_FIRST || index >= events.length - (MAX_EVENTS - KEPT_FIRST);
    if (isKept || event.isWrong || [...needed].some((step) => step >= event.first && step <= event.last)) kept.push(event);
    else if (kept.at(-1)!.times === 0) kept.push(gap(kept.pop()!, event));
    else kept.push(gap(event, event));
  });
  return kept;
}

/** Stands for what is left out from event `first` to `last`. */
function gap(first: StoryEvent, { last }: StoryEvent): StoryEvent {
  return { ...first, last, text: `... steps ${first.first} to ${last} are left out`, details: [], times: 0, isAside: true };
}
