import { styleText } from "node:util";

export type Tone = "good" | "bad" | "warning" | "title" | "aside";

/** Colours a text that is laid out already. */
export type Paint = (tone: Tone, text: string) => string;

const STYLES = { good: ["bold", "green"], bad: ["bold", "red"], warning: ["yellow"], title: ["bold"], aside: ["dim"] } as const;

/** Leaves everything as it is. */
export const plain: Paint = (_, text) => text;

/**
 * Colours, if `stream` is a terminal that can show them, unless the environment has NO_COLOR (https://no-color.org) or says by
 * FORCE_COLOR whether to: 0 and false are no, whatever else is yes.
 */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Paint {
  const forced = env["FORCE_COLOR"];
  if ((env["NO_COLOR"] ?? "") !== "") return plain;
  if (forced !== undefined && forced !== "") return forced === "0" || forced === "false" ? plain : colours;
  return stream.isTTY === true && env["TERM"] !== "dumb" ? colours : plain;
}

/** Whether to colour was decided above, once, and not for whatever standard output is now. */
function colours(tone: Tone, text: string): string {
  return STYLES[tone].reduce<string>((painted, style) => styleText(style, painted, { validateStream: false }), text);
}
