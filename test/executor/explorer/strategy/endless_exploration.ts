import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { writeCheckpoint } from "../../../../src/executor/explorer/strategy/checkpoint.ts";
import { CHECKPOINTED } from "./checkpointed.ts";

/**
 * Explores a program and writes a checkpoint every ten executions, but never comes to the end: it is there to be killed.
 *
 * Arguments: the name of the strategy, the file of the checkpoint, the number of executions after which it says so and goes on
 * with writing the same checkpoint over and over.
 */
const [name, path, enough] = process.argv.slice(2);
const { subject, create } = CHECKPOINTED[name];
const strategy = create();
const explorer = new Explorer({ subject, strategy, seed: 1 });
for (let index = 0; index < Number(enough); index++) {
  explorer.run(index);
  if (index % 10 === 9) writeCheckpoint(strategy, path);
}
process.stdout.write("enough\n");
for (;;) writeCheckpoint(strategy, path);
