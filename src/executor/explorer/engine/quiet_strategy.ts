import type { GIVE_UP, Strategy } from "./strategy.ts";
import type { Ending } from "./subject.ts";
import type { EngineView, ThreadView } from "./view.ts";

/** A strategy that decides, and does not look at what comes of it. */
export abstract class QuietStrategy implements Strategy {
  abstract readonly name: string;
  readonly isComplete: boolean = true;

  abstract begin(index: number): boolean;

  abstract pick(engine: EngineView): ThreadView | typeof GIVE_UP;

  abstract choose(percent: number, thread: ThreadView): boolean;

  stepped(_engine: EngineView): void {}

  timePassed(_engine: EngineView): void {}

  end(_engine: EngineView, _ending: Ending): void {}
}
