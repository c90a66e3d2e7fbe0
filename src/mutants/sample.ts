import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "../executor/explorer/engine/rng.ts";
import { mutantsOf } from "./make_mutants.ts";
import type { Mutant } from "./mutant.ts";

/** The folders of src whose tests are tried. */
export const FOLDERS = ["kernel", "check", "driver", "device"] as const;

/** A folder's mutants, and those of them that were drawn. */
export interface Drawn {
  readonly folder: string;
  /** Of which so many were drawn. */
  readonly of: number;
  readonly mutants: readonly Mutant[];
}

/** Draw so many mutants of each folder, each as probable as any other. @param root the checkout */
export async function draw(root: string, perFolder: number, seed: number): Promise<Drawn[]> {
  return await Promise.all(
    FOLDERS.map(async (folder, stream) => {
      const files = readdirSync(join(root, "src", folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .toSorted();
      const all: Mutant[] = [];
      for (const file of files) {
        const path = ["src", folder, ...file.split(/[\\/]/)].join("/");
        all.push(...(await mutantsOf(path, readFileSync(join(root, path), "utf8"))));
      }
      const rng = new Rng(seed, stream);
      const mutants: Mutant[] = [];
      const left = [...all];
      while (mutants.length < perFolder && left.length > 0) mutants.push(...left.splice(rng.below(left.length), 1));
      return { folder, of: all.length, mutants };
    }),
  );
}
