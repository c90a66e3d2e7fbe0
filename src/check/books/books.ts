import type { Layout } from "../../machine/layout.ts";
import type { Tracer } from "../../machine/tracer.ts";
import type { CheckWorld } from "../world.ts";
import { ActiveRanges } from "./active_ranges.ts";
import { AddressSpaces } from "./address_spaces.ts";
import { FrameShadow } from "./frame_shadow.ts";
import { OpenRanges } from "./open_ranges.ts";
import { Subscribers } from "./subscribers.ts";
import { TlbShadow } from "./tlb_shadow.ts";

/** What is so, as far as events say. */
export interface EventBooks {
  readonly open: OpenRanges;
  readonly active: ActiveRanges;
  readonly spaces: AddressSpaces;
  readonly subscribers: Subscribers;
}

/** Also what was so in memory at an event. */
export interface Books extends EventBooks {
  readonly frames: FrameShadow;
  readonly tlbs: TlbShadow;
  /** As of an {@link Oracle}. */
  missed(words: Int32Array): Readonly<Record<string, number>>;
}

/** Place the books' part of shared memory, and keep them by this thread's events. */
export function keepBooks(tracer: Tracer, layout: Layout, world: CheckWorld): Books {
  const open = new OpenRanges();
  const active = new ActiveRanges(layout, world.tableRows);
  const spaces = new AddressSpaces(layout, world.tableRows);
  const subscribers = new Subscribers(layout, world.tableRows);
  const frames = new FrameShadow(layout, world);
  const tlbs = new TlbShadow(layout, world, frames, spaces);
  open.listen(tracer);
  active.listen(tracer, open);
  for (const book of [spaces, subscribers, frames, tlbs]) book.listen(tracer);
  const missed = (words: Int32Array) => ({
    "active ranges": active.missed(words),
    "GPU address spaces": spaces.missed(words),
    "interval notifiers": subscribers.missed(words),
    translations: tlbs.missed(words),
  });
  return { open, active, spaces, subscribers, frames, tlbs, missed };
}
