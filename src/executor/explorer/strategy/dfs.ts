import { Enumeration } from "./enumeration.ts";

/** All interleavings by brute force: the reference foreverything that claims to do with fewer. */
export class Dfs extends Enumeration {
  constructor() {
    super("dfs", { affordable: (options) => options, price: () => 0 }, Infinity);
  }
}
