import { addrOf, kindOf } from "../../../../machine/step.ts";
import { AWAIT } from "../../engine/await.ts";
import { hasAddress } from "../../engine/dependence.ts";
import { QuietStrategy } from "../../engine/quiet_strategy.ts";
import { GIVE_UP } from "../../engine/strategy.ts";
import type { EngineView, ThreadView } from "../../engine/view.ts";
import type { SizeEstimate } from "../../measure/size_estimate.ts";
import type { Ending } from "../../engine/subject.ts";
import { parseCheckpoint } from "../checkpoint.ts";
import type { Exhaustive } from "../exhaustive.ts";
import { EventLog } from "./event_log.ts";
import { Foresight, otherwise } from "./foresight.ts";
import { Frontier, type FrontierState } from "./frontier.ts";
import { HappensBefore } from "./happens_before.ts";
import { isAsleep, NO, NOT_ASKED, stillAsleep, YES, type Answer, type Letter } from "./letter.ts";
import { Races } from "./races.ts";
import { Symmetry } from "./symmetry.ts";
import { ThreadIds } from "./thread_ids.ts";

/**
 * Optimal dynamic partial-order reduction (Abdulla, Aronis, Jonsson and Sagonas, POPL 2014): of all executions that differ in the
 * order of independent steps alone, exactly one is run. After each execution, the races in it are reversed: what has to happen
 * for the later step to come first goes into the wake-up tree of the state before the earlier one.
 *
 * Beyond the paper: a step that waits is moved only before what was in its way, also if it never came to be taken; a step that
 * fails ends the execution, and so clashes with all others; chance is explored both ways; whom a step wakes or spawns comes after
 * it, and everything that happens after virtual time has passed comes after everything before. Where a step fails that had to
 * wait, or a wait may end for no reason, a few traces may be run twice; none is missed.
 */
export class Dpor extends QuietStrategy implements Exhaustive {
  readonly name = "dpor";
  override isComplete = true;
  /** Executions that were given up because all that can follow was explored: none, unless a step fails that had to wait. */
  blocked = 0;
  readonly #log: EventLog;
  readonly #order: HappensBefore;
  readonly #races: Races;
  readonly #foresight: Foresight;
  readonly #symmetry: Symmetry | null;
  readonly #frontier = new Frontier();
  readonly #ids = new ThreadIds();
  /** Threads that sleep in a futex wait or for a time. */
  readonly #sleepers = new Set<number>();
  /** What chance is to answer in this step; null: whatever has not been explored. */
  #answer: Answer | null = null;

  /**
   * @param words size of the subject's memory
   * @param codeOf to take threads that run the same code for interchangeable: what a thread runs
   */
  constructor(words: number, codeOf: ((thread: ThreadView) => unknown) | null = null) {
    super();
    this.#log = new EventLog(words);
    this.#order = new HappensBefore(this.#log);
    this.#races = new Races(this.#log, this.#order);
    this.#foresight = new Foresight(this.#log);
    this.#symmetry = codeOf === null ? null : new Symmetry(codeOf);
  }

  get executions(): number {
    return this.#frontier.executions;
  }

  begin(): boolean {
    if (!this.#frontier.next(this.#log)) return false;
    this.#log.clear();
    this.#order.begin(this.#frontier.branchAt);
    this.#ids.clear();
    this.#symmetry?.clear();
    this.#sleepers.clear();
    return true;
  }

  pick(engine: EngineView): ThreadView | typeof GIVE_UP {
    this.#meetThreads(engine);
    const at = this.#log.length;
    const id = at < this.#frontier.branchAt ? this.#follow(at) : this.#explore(at, engine);
    if (id === NOBODY) {
      this.blocked++;
      return GIVE_UP;
    }
    const thread = this.#ids.enabled(id);
    for (const step of this.#symmetry?.open(id, engine.words) ?? []) this.#order.order(step, id);
    return this.#log.open(id, thread, engine.words);
  }

  choose(percent: number): boolean {
    if (percent <= 0 || percent >= 100) return percent >= 100;
    const at = this.#log.ask();
    if (this.#answer === NO || this.#answer === YES) return this.#answer === YES;
    return this.#frontier.sleep(at).some(({ thread, answer }) => thread === this.#log.thread[at] && answer === NO);
  }

  override stepped(engine: EngineView): void {
    const at = this.#log.close(engine);
    this.#order.step();
    this.#symmetry?.stepped(this.#log.thread[at], at, this.#log.step[at], engine.lastAnswer, engine.words);
    this.#followSleepers(engine, at);
    if (at < this.#frontier.branchAt) return;
    const letter = this.#log.letter(at);
    if (letter.answer !== NOT_ASKED) this.#exploreOtherwise(at, letter);
    this.#frontier.setSleep(stillAsleep(this.#frontier.sleep(at), letter));
  }

  /**
   * The other answer is no race with this one: nothing that follows it would show that it is missing, also where this one was
   * planned.
   */
  #exploreOtherwise(at: number, letter: Letter): void {
    if (this.#answer === null) this.#frontier.addAnswer(at, otherwise(letter));
    else this.#frontier.add(at, [otherwise(letter)]);
  }

  override timePassed(engine: EngineView): void {
    this.#order.pass(this.#sleepers);
    for (const id of this.#sleepers) {
      if (isSleeping(this.#ids.get(id)!)) continue;
      this.#sleepers.delete(id);
      this.#symmetry?.awoken(id, true);
    }
    this.#meetThreads(engine);
  }

  override end(engine: EngineView, ending: Ending): void {
    if (this.#log.isOpen) this.stepped(engine); // the last step threw
    const isCut = engine.steps > this.#log.length;
    if (isCut) this.isComplete = false;
    const hasFailed = ending === "failed" && !isCut && this.#log.length > 0;
    if (hasFailed) this.#log.fail();
    for (let at = this.#frontier.branchAt; at < this.#log.length; at++) {
      for (const earlier of this.#races.before(at)) {
        for (const letter of this.#foresight.sooner(at, earlier)) this.#reverse(earlier, at, [letter]);
      }
    }
    if (isCut || ending === "given-up") return;
    for (const thread of engine.threads) {
      if (thread.state === "awaiting") this.#unblock(thread);
      else if (hasFailed && thread.place >= 0) this.#goOn(thread, engine.words);
    }
  }

  estimate(): SizeEstimate {
    return this.#frontier.estimate();
  }

  checkpoint(): string {
    const path = Array.from({ length: this.#log.length }, (_, at) => this.#log.letter(at));
    const state: DporState = {
      strategy: this.name,
      isComplete: this.isComplete,
      ids: this.#ids.toJSON(),
      path,
      frontier: this.#frontier.toJSON(),
    };
    return JSON.stringify(state);
  }

  resume(text: string): void {
    const state = parseCheckpoint<DporState>(text, this.name);
    this.isComplete = state.isComplete;
    this.#ids.restore(state.ids);
    this.#log.clear();
    for (const letter of state.path) this.#log.restore(letter);
    this.#frontier.restore(state.frontier);
    this.#order.begin(0);
  }

  #meetThreads(engine: EngineView): void {
    this.#foresight.mayWakeSpuriously = engine.spuriousPercent > 0;
    this.#ids.update(engine, (id, thread) => {
      this.#order.addThread(id);
      this.#symmetry?.addThread(id, thread);
    });
  }

  /** Step `at` is the same as in the former execution. */
  #follow(at: number): number {
    this.#answer = this.#log.letter(at).answer;
    return this.#log.thread[at];
  }

  #explore(at: number, engine: EngineView): number {
    const planned = this.#frontier.descend(at);
    this.#answer = planned === null ? null : planned.answer;
    return planned?.thread ?? this.#anyAwake(at, engine);
  }

  /**
   * The current thread, if it can go on and has not gone on for so long that it may be polling; else another one that is not
   * asleep.
   */
  #anyAwake(at: number, engine: EngineView): number {
    const sleep = this.#frontier.sleep(at);
    const mayRun = (thread: ThreadView) => {
      const id = this.#ids.of(thread);
      return !isAsleep(id, sleep) && (this.#symmetry?.admits(id) ?? true);
    };
    const current = engine.lastThread;
    const mayGoOn = current !== null && current.place >= 0 && mayRun(current);
    if (mayGoOn && !this.#isPolling(at)) return this.#ids.of(current);
    const thread = engine.enabled.find((other) => other !== current && mayRun(other)) ?? (mayGoOn ? current : undefined);
    return thread === undefined ? NOBODY : this.#ids.of(thread);
  }

  #isPolling(at: number): boolean {
    const { thread } = this.#log;
    for (let step = at - 1; step >= at - LONG_STRETCH; step--) if (step < 0 || thread[step] !== thread[at - 1]) return false;
    return true;
  }

  /** Who fell asleep in step `at`, and whom it woke or spawned. */
  #followSleepers(engine: EngineView, at: number): void {
    const thread = engine.lastThread!;
    if (isSleeping(thread)) this.#sleepers.add(this.#ids.of(thread));
    if (engine.released.length === 0) return;
    this.#meetThreads(engine);
    for (const released of engine.released) {
      const id = this.#ids.of(released);
      this.#order.order(at, id);
      if (this.#sleepers.delete(id)) this.#symmetry?.awoken(id, false);
    }
  }

  /** The thread awaits something forever: let it go on before what it missed was gone. */
  #unblock(thread: ThreadView): void {
    const id = this.#ids.of(thread);
    const keeping = this.#races.keeping(id, thread);
    if (keeping < 0) return;
    for (const letter of this.#foresight.ahead(id, thread, 0)) this.#reverse(keeping, this.#log.length, [letter]);
  }

  /** The execution failed before the thread came to its next step: let it come first, and then the failure, if it is the same. */
  #goOn(thread: ThreadView, words: ArrayLike<number>): void {
    const id = this.#ids.of(thread);
    const end = this.#log.length - 1;
    if (this.#log.thread[end] === id) return;
    if (!this.#races.isCutOff(id, thread)) {
      if (kindOf(thread.next) === AWAIT) this.#unblock(thread);
      return;
    }
    const isTouched = hasAddress(thread.next) && addrOf(thread.next) === addrOf(this.#log.step[end]);
    const word = isTouched ? this.#log.before[end] : words[addrOf(thread.next)];
    for (const letter of this.#foresight.ahead(id, thread, word)) {
      this.#reverse(end, end + 1, isTouched ? [letter] : [letter, this.#log.letter(end)]);
    }
  }

  /** Explore what lies between step `earlier` and step `end` and does not come after `earlier`, and then `last`. */
  #reverse(earlier: number, end: number, last: readonly Letter[]): void {
    const word: Letter[] = [];
    for (let at = earlier + 1; at < end; at++) {
      if (!this.#order.isBefore(earlier, at)) word.push(this.#log.letter(at));
    }
    this.#frontier.add(earlier, word.concat(last));
  }
}

/** Steps at a stretch after which another thread gets its turn. */
const LONG_STRETCH = 50;

/** In place of a thread's id: all who can run are asleep. */
const NOBODY = -1;

interface DporState {
  readonly strategy: string;
  readonly isComplete: boolean;
  readonly ids: readonly (readonly [number, number])[];
  readonly path: readonly Letter[];
  readonly frontier: FrontierState;
}

function isSleeping({ state }: ThreadView): boolean {
  return state === "waiting" || state === "sleeping";
}
