/** What a section found out, and how it is printed. Pure. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Of the same kind as `value`; absent where nothing in particular is wanted. */
  readonly wanted?: { readonly atMost: number } | { readonly atLeast: number };
  /** What people want to know besides. */
  readonly detail?: string;
}

export interface SectionReport {
  readonly section: string;
  readonly figures: readonly Figure[];
  /** Everything that was measured, for machines. */
  readonly raw: unknown;
}

/** Undefined where nothing is wanted. A value that could not be measured is not what was wanted. */
export function isMet({ value, wanted }: Figure): boolean | undefined {
  if (wanted === undefined) return undefined;
  return 'atMost' in wanted ? value <= wanted.atMost : value >= wanted.atLeast;
}

export function reportLines(report: SectionReport): readonly string[] {
  const rows = report.figures.map((figure) => [
    figure.name,
    `${numberText(figure.value)} ${figure.unit}`.trim(),
    wantedText(figure),
    figure.detail ?? '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('   ')
      .trimEnd(),
  );
  return [report.section, ...lines.map((line) => `  ${line}`)];
}

function wantedText(figure: Figure): string {
  const { wanted } = figure;
  if (wanted === undefined) return '';
  const limit = 'atMost' in wanted ? `<= ${numberText(wanted.atMost)}` : `>= ${numberText(wanted.atLeast)}`;
  return `${isMet(figure) === true ? 'met   ' : 'MISSED'} (${limit})`;
}

/** Three digits that matter. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
