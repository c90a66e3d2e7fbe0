import type { GIVE_UP, Strategy } from "./strategy.ts";
import type { Ending } from "./subject.ts";
import type { EngineView, ThreadView } from "./view.ts";

/** Lets another strategy decide; what a decorator does not do itself, that one does. */
export abstract class StrategyDecorator implements Strategy {
  protected abstract readonly inner: Strategy;

  get name(): string {
    return this.inner.name;
  }

  get isComplete(): boolean {
    return this.inner.isComplete;
  }

  begin(index: number): boolean {
    return this.inner.begin(index);
  }

  pick(engine: EngineView): ThreadView | typeof GIVE_UP {
    return this.inner.pick(engine);
  }

  choose(percent: number, thread: ThreadView): boolean {
    return this.inner.choose(percent, thread);
  }

  stepped(engine: EngineView): void {
    this.inner.stepped(engine);
  }

  timePassed(engine: EngineView): void {
    this.inner.timePassed(engine);
  }

  end(engine: EngineView, ending: Ending): void {
    this.inner.end(engine, ending);
  }
}
