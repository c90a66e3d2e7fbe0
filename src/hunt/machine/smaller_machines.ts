import type { HuntMachine } from "./hunt_machine.ts";
import { playOf } from "../../scenario/play/catalogue.ts";

/** All configurations with one GPU, CPU, operation or access less: what the minimiser may try. */
export function smallerMachines(config: HuntMachine): HuntMachine[] {
  const smaller: HuntMachine[] = [];
  if (config.gpus > 1) smaller.push({ ...config, gpus: config.gpus - 1 });
  if (config.cpus > 1) smaller.push({ ...config, cpus: config.cpus - 1 });
  for (const operation of operationsOf(config)) {
    if (!config.skip.includes(operation)) smaller.push({ ...config, skip: [...config.skip, operation] });
  }
  return smaller;
}

/** All operations and accesses of the play, as they are named in `skip`. */
function operationsOf({ play: name, cpus, gpus }: HuntMachine): string[] {
  const play = playOf(name);
  const names: string[] = [];
  for (let cpu = 0; cpu < cpus; cpu++) names.push(...play.script(cpu, cpus).map((_, index) => `cpu${cpu}.${index}`));
  for (let gpu = 0; gpu < gpus; gpu++)
    names.push(
      ...play
        .accesses(gpu, gpus)
        .flat()
        .map((_, index) => `gpu${gpu}.${index}`),
    );
  return names;
}
