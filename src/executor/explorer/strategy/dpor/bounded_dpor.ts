import { addrOf, kindOf } from "../../../../machine/step.ts";
import { AWAIT } from "../../engine/await.ts";
import { hasAddress } from "../../engine/dependence.ts";
import { QuietStrategy } from "../../engine/quiet_strategy.ts";
import type { EngineView, ThreadView } from "../../engine/view.ts";
import { estimateSize, type SizeEstimate } from "../../measure/size_estimate.ts";
import type { Ending } from "../../engine/subject.ts";
import { parseCheckpoint } from "../checkpoint.ts";
import type { Exhaustive } from "../exhaustive.ts";
import { ASKED, EventLog } from "./event_log.ts";
import { HappensBefore } from "./happens_before.ts";
import { ThreadIds } from "./thread_ids.ts";

/** One way to take a step. */
interface Option {
  readonly thread: number;
  /** Chance answers yes. */
  readonly answer: boolean;
}

/** A state on the path of the present execution. */
interface Node {
  /** Ways that are explored, being explored (`taken`) and still to be explored, in this order. */
  readonly options: Option[];
  taken: number;
  /** Threads that can run. */
  readonly enabled: readonly number[];
  /** Who took the step before; -1 if nobody. */
  readonly previous: number;
  /** Preemptions before. */
  readonly spent: number;
  /** Executions before the exploration came here. */
  readonly entered: number;
}

/**
 * Partial-order reduction within a bound of preemptions (Coons, Musuvathi and McKinley, OOPSLA 2013): of the executions with at
 * most so many preemptions, at least one of each trace, so that whatever fails within the bound is found. Not optimal: traces are
 * met several times, since a bound does not go together with sleep sets. For each two steps that clash, the later one's thread is
 * tried before the earlier step, and also where the earlier one's thread last began to run, since there it costs no preemption.
 */
export class BoundedDpor extends QuietStrategy implements Exhaustive {
  readonly name = "dpor";
  override isComplete = true;
  executions = 0;
  readonly #bound: number;
  readonly #log: EventLog;
  readonly #order: HappensBefore;
  readonly #ids = new ThreadIds();
  #nodes: Node[] = [];

  /** @param words size of the subject's memory */
  constructor(words: number, preemptions: number) {
    super();
    this.#log = new EventLog(words);
    this.#order = new HappensBefore(this.#log);
    this.#bound = preemptions;
  }

  begin(): boolean {
    if (this.executions > 0 && !this.#turn()) return false;
    this.executions++;
    this.#log.clear();
    this.#order.begin(0);
    this.#ids.clear();
    return true;
  }

  pick(engine: EngineView): ThreadView {
    this.#meetThreads(engine);
    const at = this.#log.length;
    if (at === this.#nodes.length) this.#nodes.push(this.#newNode(engine));
    const id = this.#optionAt(at).thread;
    return this.#log.open(id, this.#ids.enabled(id), engine.words);
  }

  choose(percent: number): boolean {
    return percent > 0 && (percent >= 100 || this.#optionAt(this.#log.ask()).answer);
  }

  override stepped(engine: EngineView): void {
    const at = this.#log.close(engine);
    this.#order.step();
    this.#meetThreads(engine);
    for (const released of engine.released) this.#order.order(at, this.#ids.of(released));
    const option = this.#optionAt(at);
    if (this.#log.has(at, ASKED) && !option.answer) this.#add(at, { ...option, answer: true });
  }

  override end(engine: EngineView, ending: Ending): void {
    if (this.#log.isOpen) this.stepped(engine); // the last step threw
    if (engine.steps > this.#log.length) this.isComplete = false;
    const log = this.#log;
    for (let at = 0; at < log.length; at++) {
      this.#reverse(log.thread[at], log.step[at], log.wrote(at), log.priorAccess[at], (step) => this.#order.isPast(step, at));
    }
    for (const thread of engine.threads) {
      const id = this.#ids.of(thread);
      if (thread.state === "awaiting")
        this.#reverse(id, thread.next, true, log.lastAccess(addrOf(thread.next)), (step) => this.#order.isPastOfThread(step, id));
      if (ending === "failed") this.#tryFirst(id);
    }
  }

  estimate(): SizeEstimate {
    const path = this.#nodes
      .filter(({ options }) => options.length > 1)
      .map(({ options, taken, entered }) => ({ entered, finished: taken, branches: options.length }));
    return estimateSize(path, this.executions, 1);
  }

  checkpoint(): string {
    const state: BoundedState = {
      strategy: this.#title,
      isComplete: this.isComplete,
      executions: this.executions,
      ids: this.#ids.toJSON(),
      nodes: this.#nodes,
    };
    return JSON.stringify(state);
  }

  resume(text: string): void {
    const state = parseCheckpoint<BoundedState>(text, this.#title);
    this.isComplete = state.isComplete;
    this.executions = state.executions;
    this.#ids.restore(state.ids);
    this.#nodes = [...state.nodes];
  }

  get #title(): string {
    return `${this.name} with at most ${this.#bound} preemptions`;
  }

  /** The way that is being explored. */
  #optionAt(at: number): Option {
    return this.#nodes[at].options[this.#nodes[at].taken];
  }

  #meetThreads(engine: EngineView): void {
    this.#ids.update(engine, (id) => this.#order.addThread(id));
  }

  #turn(): boolean {
    for (let node = this.#nodes.at(-1); node !== undefined; node = this.#nodes.at(-1)) {
      if (++node.taken < node.options.length) return true;
      this.#nodes.pop();
    }
    return false;
  }

  /** The state before the next step, from which the current thread goes on, if it can. */
  #newNode(engine: EngineView): Node {
    const enabled = engine.enabled.map((thread) => this.#ids.of(thread));
    const before = this.#nodes.at(-1);
    const previous = before === undefined ? -1 : this.#optionAt(this.#nodes.length - 1).thread;
    const spent = before === undefined ? 0 : before.spent + priceOf(before, previous);
    const thread = enabled.includes(previous) ? previous : Math.min(...enabled);
    return { options: [{ thread, answer: false }], taken: 0, enabled, previous, spent, entered: this.executions - 1 };
  }

  /**
   * The thread takes, or waits for, this step; try it before each other thread's last step that clashes with it and is not past.
   */
  #reverse(thread: number, step: number, wrote: boolean, access: number, isPast: (step: number) => boolean): void {
    if (!hasAddress(step)) return;
    const log = this.#log;
    const seen = new Set([thread]);
    for (let earlier = access; earlier >= 0; earlier = log.priorAccess[earlier]) {
      if (!wrote && !log.wrote(earlier) && kindOf(step) !== AWAIT) continue;
      if (seen.has(log.thread[earlier])) continue;
      if (kindOf(step) !== AWAIT) seen.add(log.thread[earlier]);
      if (!isPast(earlier)) this.#tryBefore(earlier, thread);
    }
  }

  /** The execution failed: whoever has not come to run might have shown something else before. */
  #tryFirst(thread: number): void {
    for (let at = 0; at < this.#log.length; at++) this.#tryBefore(at, thread);
  }

  #tryBefore(step: number, thread: number): void {
    if (this.#log.thread[step] === thread) return;
    this.#addThread(step, thread);
    let start = step;
    while (start > 0 && this.#log.thread[start - 1] === this.#log.thread[step]) start--;
    if (start < step) this.#addThread(start, thread);
  }

  #addThread(at: number, thread: number): void {
    const { enabled } = this.#nodes[at];
    for (const one of enabled.includes(thread) ? [thread] : enabled) this.#add(at, { thread: one, answer: false });
  }

  #add(at: number, option: Option): void {
    const node = this.#nodes[at];
    if (node.spent + priceOf(node, option.thread) > this.#bound) return;
    if (!node.options.some(({ thread, answer }) => thread === option.thread && answer === option.answer))
      node.options.push(option);
  }
}

interface BoundedState {
  readonly strategy: string;
  readonly isComplete: boolean;
  readonly executions: number;
  readonly ids: readonly (readonly [number, number])[];
  readonly nodes: readonly Node[];
}

/** Preemptions that it takes to let this thread run. */
function priceOf({ enabled, previous }: Node, thread: number): number {
  return thread !== previous && enabled.includes(previous) ? 1 : 0;
}
