import { createStrategy, explore, program } from "shootdown/explorer";

/** Two deposits under a lock, and a report that forgets the lock: it may see one half of a deposit. */
const bank = program("bank", (p) => {
  const lock = p.mutex("lock");
  const balance = p.word("balance");
  const deposits = p.word("deposits");
  return function* main(t) {
    const threads = [];
    for (const name of ["alice", "bob"]) {
      threads.push(
        yield* t.spawn(name, function* (self) {
          yield* lock.lock(self);
          yield* balance.write(self, (yield* balance.read(self)) + 10);
          yield* deposits.write(self, (yield* deposits.read(self)) + 1);
          yield* lock.unlock(self);
        }),
      );
    }
    threads.push(
      yield* t.spawn("report", function* (self) {
        const money = yield* balance.read(self);
        const count = yield* deposits.read(self);
        self.assert(money === count * 10, `${count} deposits of 10, and the balance is ${money}`);
      }),
    );
    for (const thread of threads) yield* t.join(thread);
  };
});

for (const name of ["random", "pct", "surw", "dpor"]) {
  const strategy = createStrategy({ name, seed: 1 }, bank);
  const { found, schedules, exhaustive } = explore({
    subject: bank,
    strategy,
    seed: 1,
    schedules: 10_000,
    keepGoing: name === "dpor",
  });
  const [first] = found;
  const result = first === undefined ? "nothing found" : `execution ${first.index + 1}: ${first.failure.message}`;
  console.log(`${name}: ${result}${exhaustive ? `; ${schedules} executions are all there is` : ""}`);
}
