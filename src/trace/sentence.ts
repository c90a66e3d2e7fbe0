import type { Arguments, EventId, Values } from "../machine/tracepoint.ts";
import type { NameOf } from "./event.ts";

/** What happens at an event, in words, without its subject: `frees page 17`. */
export type Sentence<A extends Arguments> = (nameOf: NameOf, ...values: Values<A>) => string;

/** A sentence for any event: its number, and what says it. */
export type SentenceOf = readonly [id: number, sentence: (nameOf: NameOf, ...values: readonly number[]) => string];

/** The sentences of a layer's events, by name; of those that say something to a person. */
export function sentences<const T extends Readonly<Record<string, EventId>>>(
  events: T,
  words: { readonly [K in keyof T]?: T[K] extends EventId<infer A> ? Sentence<A> : never },
): SentenceOf[] {
  return Object.entries(words).map(([name, sentence]) => [events[name], sentence as SentenceOf[1]]);
}
