/** A page of the documentation that is made, in whole or in part, from the sources. */
export interface GeneratedPage {
  /** From the project's root. */
  readonly path: string;
  /** What it should be. @param text what it is; empty if there is none */
  render(text: string): string | Promise<string>;
}

/** A page, or the markers in it, that are not as they should be. */
export class PageError extends Error {
  override readonly name = "PageError";
}

/** A page of which only the regions between `<!-- generated: NAME -->` and `<!-- end -->` are made, by name. */
export function pageWithRegions(path: string, regions: Readonly<Record<string, () => string>>): GeneratedPage {
  return {
    path,
    render: (text) => Object.entries(regions).reduce((before, [name, region]) => withRegion(path, before, name, region()), text),
  };
}

const END = "<!-- end -->";

function withRegion(path: string, text: string, name: string, region: string): string {
  const begin = `<!-- generated: ${name} -->`;
  const [before, after, ...more] = text.split(begin);
  if (after === undefined || more.length > 0) throw new PageError(`${path}: "${begin}" must stand there once`);
  const end = after.indexOf(END);
  if (end < 0) throw new PageError(`${path}: there is no "${END}" after "${begin}"`);
  return `${before}${begin}\n\n${region.trim()}\n\n${after.slice(end)}`;
}
