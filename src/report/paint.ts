import { styleText } from "node:util";

export type Tone = "good" | "bad" | "warning" | "title" | "aside";

/** Colours a text that is laid out already. */
export type Paint = (tone: Tone, text: string) => string;

const STYLES = { good: ["bold", "green"], bad: ["bold", "red"], warning: ["yellow"], title: ["bold"], aside: ["dim"] } as const;

/** Leaves everything as it is. */
export const plain: Paint = (_, text) => text;

/** Colours, if `stream` is a terminal and the environment does not say NO_COLOR. */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Paint {
  return stream.isTTY === true && (env["NO_COLOR"] ?? "") === "" ? colours : plain;
}

/** Whether to colour was decided above, once, and not for whatever standard output is now. */
function colours(tone: Tone, text: string): string {
  return STYLES[tone].reduce<string>((painted, style) => styleText(style, painted, { validateStream: false }), text);
}
