declare const made: unique symbol;
declare const tested: unique symbol;

/**
 * A sentence of an answer, or a part of one. Only the functions of this file make them: figures stand for themselves, and what
 * follows from them is said together with the {@link Inequality} that bears it out.
 */
export type Sentence = string & { readonly [made]: true };

/** Whether figures stand in a relation; made by comparing them, not by hand. */
export interface Inequality {
  readonly [tested]: true;
  readonly holds: boolean;
}

/** Is every figure below the bound? None is if it is not a number. */
export function below(bound: number, ...measured: readonly number[]): Inequality {
  return inequality(measured.every((figure) => figure < bound));
}

/** Is every figure above the bound? */
export function above(bound: number, ...measured: readonly number[]): Inequality {
  return inequality(measured.every((figure) => figure > bound));
}

/** Is the figure less than `by` away from the other? */
export function near(figure: number, other: number, by: number): Inequality {
  return below(by, Math.abs(figure - other));
}

export function all(...inequalities: readonly Inequality[]): Inequality {
  return inequality(inequalities.every(({ holds }) => holds));
}

/** What is measured, and concludes nothing: a template with at least one figure in it. */
export function figures(words: TemplateStringsArray, ...values: readonly [Value, ...Value[]]): Sentence {
  return String.raw({ raw: words }, ...values) as Sentence;
}

type Value = string | number;

/** What the figures bear out: `then` if the inequality holds, and if not, what can be said instead. */
export function conclude(it: Inequality, then: string, otherwise: string): Sentence {
  return (it.holds ? then : otherwise) as Sentence;
}

/** What is not measured but written up in docs/findings. */
export function asFound(finding: number, what: string): Sentence {
  return `${what} (findings/${finding})` as Sentence;
}

/** What becomes of the claim of an experiment. */
export function verdict(it: Inequality, ...why: readonly [Sentence, ...Sentence[]]): Sentence {
  return `${it.holds ? "Confirmed" : "Not confirmed"}: ${together(...why)}` as Sentence;
}

/** One after the other. */
export function together(...sentences: readonly Sentence[]): Sentence {
  return sentences.filter((sentence) => sentence !== "").join(" ") as Sentence;
}

function inequality(holds: boolean): Inequality {
  return { holds } as Inequality;
}
