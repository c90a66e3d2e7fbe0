/** What a table says of a design. */
export interface DesignRow {
  readonly name: string;
  readonly summary: string;
  readonly kind: string;
  readonly soundness: { readonly kind: string; readonly numbers?: readonly number[] };
  readonly needs?: readonly string[];
}

/** What a table says of a finding. */
export interface FindingRow {
  readonly number: number;
  readonly page: string;
  readonly where?: string;
  readonly rules: string;
  readonly title: string;
  readonly corrected: readonly string[];
}

/** All designs as a table in Markdown. @param folder where the findings are, as seen from the page */
export function renderDesignTable(designs: readonly DesignRow[], findings: readonly FindingRow[], folder: string): string {
  const known = ({ soundness: { kind, numbers = [] }, needs = [] }: DesignRow) => {
    if (kind === "finding") return numbers.map((number) => linkTo(findings, number, folder)).join(", ");
    if (kind === "wrong") return "wrong on purpose";
    return needs.length === 0 ? kind : `${kind}, given ${needs.join(", ")}`;
  };
  return table(
    ["`--driver`", "kind", "design", "soundness"],
    designs.map((design) => [code(design.name), design.kind, design.summary, known(design)]),
  );
}

/** Scenarios or plays as a table in Markdown. */
export function renderSummaryTable(
  title: string,
  records: readonly { readonly name: string; readonly summary: string }[],
): string {
  return table(
    [title, "what happens"],
    records.map(({ name, summary }) => [code(name), summary]),
  );
}

/** All findings as a table in Markdown, for a page that lies beside theirs. */
export function renderFindingTable(findings: readonly FindingRow[], designs: readonly DesignRow[]): string {
  return table(
    ["#", "design", "rule", "finding", "without it"],
    findings.map((finding) => [
      linkTo(findings, finding.number, ""),
      [
        ...(finding.where === undefined ? [] : [finding.where]),
        ...designs.filter(({ soundness }) => soundness.numbers?.includes(finding.number)).map(({ name }) => code(name)),
      ].join(", "),
      finding.rules,
      finding.title,
      finding.corrected.map(code).join(", "),
    ]),
  );
}

function linkTo(findings: readonly FindingRow[], number: number, folder: string): string {
  const { page } = findings.find((finding) => finding.number === number)!;
  return `[${number}](${folder}${number}-${page}.md)`;
}

function code(name: string): string {
  return `\`${name}\``;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(heads), `|${heads.map(() => "---").join("|")}|`, ...rows.map(line), ""].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}
