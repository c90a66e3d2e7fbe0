import { DEVICE_WORDS } from "./device_words.ts";
import { DRIVER_WORDS } from "./driver_words.ts";
import type { Hit, NameOf } from "./event.ts";
import { KERNEL_WORDS } from "./kernel_words.ts";
import { MACHINE_WORDS } from "./machine_words.ts";

const SENTENCES = new Map([...MACHINE_WORDS, ...KERNEL_WORDS, ...DEVICE_WORDS, ...DRIVER_WORDS]);

/** What happened, in the words of the kernel; null for an event that there are no words for. */
export function sentenceOf(nameOf: NameOf, { id, values }: Hit): string | null {
  return SENTENCES.get(id)?.(nameOf, ...values) ?? null;
}
