/** Something that must be back at its level when nothing runs any more (RULES e). */
export interface Balance {
  /** In the words of the field: `frames in use`. */
  readonly name: string;
  readonly expected: number;
  readonly actual: number;
}

/** Those that are not, in words. */
export function imbalances(balances: readonly Balance[]): string[] {
  return balances
    .filter(({ expected, actual }) => expected !== actual)
    .map(({ name, expected, actual }) => `${name}: ${actual} at quiescence, expected ${expected}`);
}
