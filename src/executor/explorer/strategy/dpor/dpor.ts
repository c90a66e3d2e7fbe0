import { addrOf, AWAIT, CHOICE, FUTEX_WAIT, FUTEX_WAKE, kindOf, READ, READ_ONCE, ACQUIRE, RMW } from "../../../../machine/step.ts";
import { hasAddress } from "../../dependence.ts";
import type { Engine, Thread } from "../../engine.ts";
import { estimateSize, type Branching, type SizeEstimate } from "../../size_estimate.ts";
import type { Ending } from "../../subject.ts";
import type { Exhaustive } from "../exhaustive.ts";
import { EventLog, FATAL, ASKED, ANSWERED } from "./event_log.ts";
import { HappensBefore } from "./happens_before.ts";
import { clash, isAsleep, isCovered, NO, NOT_ASKED, OPEN, YES, type Answer, type Letter } from "./letter.ts";
import { Races } from "./races.ts";
import { ThreadIds } from "./thread_ids.ts";
import { insert, type Branch } from "./wakeup_tree.ts";

export class Dpor implements Exhaustive {
  readonly name = "dpor";
  isComplete = true;
  executions = 0;
  blocked = 0;
  readonly #log: EventLog;
  readonly #order: HappensBefore;
  readonly #races: Races;
  readonly #ids = new ThreadIds();
  #nodes: Node[] = [];
  #branchAt = 0;
  #closedAt = Infinity;
  #wanted: Answer = OPEN;
  #isAsked = false;
  #closed = 0;
  #spurious = false;

  constructor(words: number) {
    this.#log = new EventLog(words);
    this.#order = new HappensBefore(this.#log);
    this.#races = new Races(this.#log, this.#order);
  }

  begin(): boolean {
    if (this.executions === 0) this.#nodes = [{ sleep: [], tree: [], entered: 0, finished: 0 }];
    else if (!this.#turn()) return false;
    this.executions++;
    this.#log.clear();
    this.#ids.clear();
    this.#order.begin(this.#branchAt);
    this.#closedAt = Infinity;
    this.#closed = 0;
    return true;
  }

  pick(engine: Engine): Thread {
    this.#ids.update(engine, () => this.#order.addThread());
    this.#spurious = engine.spuriousPercent > 0;
    const at = this.#log.length;
    const id = at < this.#branchAt ? this.#follow(at) : this.#explore(at, engine);
    const thread = this.#ids.get(id);
    if (thread === undefined || thread.place < 0) throw new Error("the subject is not deterministic: the same decisions led to another state");
    this.#log.open(id, thread, engine.words);
    this.#isAsked = false;
    return thread;
  }

  choose(percent: number): boolean {
    if (percent <= 0 || percent >= 100) return percent >= 100;
    this.#isAsked = true;
    if (this.#wanted === NO || this.#wanted === YES) return this.#wanted === YES;
    const at = this.#log.length - 1;
    const { sleep } = this.#nodes[at];
    return sleep.some(({ thread, answer }) => thread === this.#log.thread[at] && answer === NO);
  }

  stepped(engine: Engine): void {
    const at = this.#log.length - 1;
    this.#log.close(engine, this.#isAsked);
    this.#closed++;
    this.#order.step();
    if (engine.released.length > 0) {
      this.#ids.update(engine, () => this.#order.addThread());
      for (const thread of engine.released) this.#order.order(at, this.#ids.of(thread));
    }
    if (at < this.#branchAt) return;
    const node = this.#nodes[at];
    const letter = this.#log.letter(at);
    if (this.#isAsked && this.#wanted !== NO && this.#wanted !== YES) this.#addOther(node, letter);
    this.#nodes[at + 1].sleep = awake(node.sleep, letter);
  }

  timePassed(engine: Engine): void {
    this.#order.pass(engine.threads.filter(({ state }) => state !== "awaiting").map((thread) => this.#ids.of(thread)));
  }

  end(engine: Engine, ending: Ending): void {
    if (this.#closed < this.#log.length) this.stepped(engine);
    const isCut = engine.steps > this.#log.length;
    if (isCut) this.isComplete = false;
    const failed = ending === "failed" && engine.alive > 0 && !isCut && this.#log.length > 0;
    if (failed) this.#log.flags[this.#log.length - 1] |= FATAL;
    for (let at = this.#branchAt; at < this.#log.length; at++) {
      for (const earlier of this.#races.before(at)) this.#reverse(earlier, at, this.#foresee(earlier, at));
    }
    if (!isCut && this.#log.length > 0) for (const thread of engine.threads) this.#reverseKept(thread, failed);
  }

  estimate(): SizeEstimate {
    return estimateSize(this.#branchings(), this.executions);
  }

  checkpoint(): string { return ""; }
  resume(_text: string): void {}

  #branchings(): Branching[] {
    return this.#nodes
      .map(({ tree, entered, finished }) => ({ entered, finished, branches: finished + 1 + tree.length }))
      .filter(({ branches }) => branches > 1);
  }

  #turn(): boolean {
    const nodes = this.#nodes;
    for (let at = this.#log.length - 1; at >= 0; at--) {
      nodes.length = at + 1;
      const node = nodes[at];
      node.sleep = [...node.sleep, this.#log.letter(at)];
      node.finished++;
      if (node.tree.length > 0) {
        this.#branchAt = at;
        return true;
      }
    }
    nodes.length = 0;
    return false;
  }

  #follow(at: number): number {
    const log = this.#log;
    this.#wanted = log.has(at, ASKED) ? (log.has(at, ANSWERED) ? YES : NO) : NOT_ASKED;
    return log.thread[at];
  }

  #explore(at: number, engine: Engine): number {
    const node = this.#nodes[at];
    const branch = node.tree.shift();
    this.#nodes.push({ sleep: [], tree: branch?.branches ?? [], entered: this.executions - 1, finished: 0 });
    this.#wanted = branch?.letter.answer ?? OPEN;
    return branch?.letter.thread ?? this.#anyAwake(at, engine);
  }

  #anyAwake(at: number, engine: Engine): number {
    const { sleep } = this.#nodes[at];
    const current = engine.lastThread;
    if (current !== null && current.place >= 0 && !isAsleep(this.#ids.of(current), sleep)) return this.#ids.of(current);
    for (const thread of engine.enabled) if (!isAsleep(this.#ids.of(thread), sleep)) return this.#ids.of(thread);
    if (this.#closedAt === Infinity) {
      this.blocked++;
      this.#closedAt = at;
    }
    return this.#ids.of(engine.enabled[0]);
  }

  #addOther({ sleep, tree }: Node, letter: Letter): void {
    const answer = letter.answer === NO ? YES : NO;
    if ([...sleep, ...tree.map((branch) => branch.letter)].some((other) => other.thread === letter.thread && other.answer === answer)) return;
    tree.unshift({ letter: { ...letter, wrote: false, answer }, branches: [] });
  }

  #foresee(earlier: number, at: number): Letter {
    const log = this.#log;
    const thread = log.thread[at];
    const step = log.step[at];
    const isTouched = addrOf(step) === addrOf(log.step[earlier]);
    const kind = kindOf(step);
    const isSame = !isTouched || (kind === FUTEX_WAKE ? kindOf(log.step[earlier]) !== FUTEX_WAIT && kindOf(log.step[earlier]) !== FUTEX_WAKE : log.before[at] === log.before[earlier]);
    return { thread, step, wrote: alwaysWrites(step) || (isSame && log.wrote(at)), fatal: isSame && log.has(at, FATAL), answer: this.#answerTo(step) };
  }

  #answerTo(step: number): Answer {
    const kind = kindOf(step);
    return kind === CHOICE || (kind === FUTEX_WAIT && this.#spurious) ? OPEN : NOT_ASKED;
  }

  #reverseKept(thread: Thread, failed: boolean): void {
    const isAwaiting = thread.state === "awaiting";
    if (!isAwaiting && !(failed && thread.place >= 0)) return;
    const id = this.#ids.of(thread);
    const { next: step, task } = thread;
    if (failed && this.#log.thread[this.#log.length - 1] === id) return;
    const keeping = this.#races.keeping({ thread: id, step, expected: task.expected, mask: task.mask, canRun: !isAwaiting });
    if (keeping < 0) return;
    const end = this.#log.length - 1;
    const staysFatal = failed && keeping === end && (addrOf(step) !== addrOf(this.#log.step[end]) || !hasAddress(step));
    for (const answer of this.#answersTo(step, task.percent)) {
      const last: Letter = { thread: id, step, wrote: alwaysWrites(step), fatal: false, answer };
      if (staysFatal) this.#reverse(keeping, end + 1, last, this.#log.letter(end));
      else this.#reverse(keeping, end + 1, last);
    }
  }

  #answersTo(step: number, percent: number): readonly Answer[] {
    if (kindOf(step) !== CHOICE) return [this.#answerTo(step)];
    return percent > 0 && percent < 100 ? [NO, YES] : [NOT_ASKED];
  }

  #reverse(earlier: number, end: number, ...last: readonly Letter[]): void {
    if (earlier >= this.#closedAt) return;
    const word: Letter[] = [];
    for (let at = earlier + 1; at < end; at++) if (!this.#order.isBefore(earlier, at)) word.push(this.#log.letter(at));
    word.push(...last);
    const { sleep, tree } = this.#nodes[earlier];
    if (!isCovered(sleep, word)) insert(tree, word);
  }
}

interface Node {
  sleep: readonly Letter[];
  readonly tree: Branch[];
  readonly entered: number;
  finished: number;
}

function awake(sleep: readonly Letter[], letter: Letter): readonly Letter[] {
  const isAwoken = (other: Letter) => other.thread === letter.thread || clash(other, letter);
  return sleep.some(isAwoken) ? sleep.filter((other) => !isAwoken(other)) : sleep;
}

function alwaysWrites(step: number): boolean {
  const kind = kindOf(step);
  return kind !== READ && kind !== READ_ONCE && kind !== ACQUIRE && kind !== RMW && kind !== AWAIT && kind !== FUTEX_WAIT && kind !== FUTEX_WAKE;
}
