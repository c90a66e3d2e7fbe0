import { BUGS } from "../../bugs/catalogue.ts";
import { INEXPRESSIBLE } from "../../bugs/inexpressible.ts";
import { DESIGNS } from "../../driver/catalogue.ts";
import { STRATEGIES } from "../../executor/explorer/strategy/catalogue.ts";
import { plain, type Paint } from "../../report/paint.ts";
import { wrap } from "../../report/text.ts";
import { PLAY_NAMES, playOf } from "../../scenario/play/catalogue.ts";

/** What there is to choose from. */
export function renderList(paint: Paint = plain): string {
  const sections: [string, [string, string][]][] = [
    ["drivers", DESIGNS.map(({ name, summary }) => [name, summary])],
    ["scenarios", PLAY_NAMES.map((name) => [name, playOf(name).summary])],
    ["strategies", STRATEGIES.map(({ name, summary }) => [name, summary])],
    ["seeded bugs", BUGS.map((bug) => [bug.name, `${bug.summary} (${bug.origin})`])],
    ["bugs of Linux that cannot be seeded here", Object.entries(INEXPRESSIBLE)],
  ];
  return sections
    .map(
      ([title, entries]) =>
        `${[paint("title", title), ...entries.flatMap(([name, text]) => entryLines(name, text))].join("\n")}\n`,
    )
    .join("\n");
}

const NAME_WIDTH = 22;

/** A long name stands on a line of its own. */
function entryLines(name: string, text: string): string[] {
  const indent = " ".repeat(NAME_WIDTH + 4);
  if (name.length > NAME_WIDTH) return [`  ${name}`, ...wrap(text, indent)];
  return wrap(text, `  ${name.padEnd(NAME_WIDTH)}  `, indent);
}
