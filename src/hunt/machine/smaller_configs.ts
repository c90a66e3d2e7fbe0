import type { HuntConfig } from "./config.ts";
import { playOf } from "../../scenario/play/catalogue.ts";

/** All configurations with one GPU, CPU, operation or access less: what the minimiser may try. */
export function smallerConfigs(config: HuntConfig): HuntConfig[] {
  const smaller: HuntConfig[] = [];
  if (config.gpus > 1) smaller.push({ ...config, gpus: config.gpus - 1 });
  if (config.cpus > 1) smaller.push({ ...config, cpus: config.cpus - 1 });
  for (const operation of operationsOf(config)) {
    if (!config.skip.includes(operation)) smaller.push({ ...config, skip: [...config.skip, operation] });
  }
  return smaller;
}

/** All operations and accesses of the play, as they are named in `skip`. */
function operationsOf({ scenario, cpus, gpus }: HuntConfig): string[] {
  const play = playOf(scenario);
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
