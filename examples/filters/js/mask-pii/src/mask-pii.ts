// Masks personal data: of each text in the named columns only the first and the last character stay.

import { type Cells, Filter, type MapRows, Plan, type Table } from "tidegate-sdk";

interface Settings {
  columns: string[];
}

/** The filter; it remembers of a table which columns to mask, by index. */
export default class MaskPii extends Filter<number[]> {
  static readonly manifest = {
    name: "mask-pii",
    version: "0.1.0",
    summary: "masks texts in columns, but for the first and the last character",
    settings: {
      type: "object",
      properties: {
        columns: {
          description: "The columns to mask, by name, in every table that has them.",
          type: "array",
          items: { type: "string" },
          minItems: 1,
        },
      },
      required: ["columns"],
      additionalProperties: false,
    },
  };

  readonly #columns: string[];

  constructor(settings: Settings) {
    super();
    this.#columns = settings.columns;
  }

  decide(table: Table): Plan<number[]> {
    const masked = this.#columns.map((name) => table.index(name)).filter((index) => index !== undefined);
    const plan = Plan.keep().remembering(masked);
    return masked.length === 0 ? plan : plan.mapping(table, masked).because("columns are masked");
  }

  override mapColumns(rows: MapRows<number[]>): (Cells | undefined)[] {
    return rows.memo.map((index) => rows.text(index)?.map((text) => mask(String(text))));
  }
}

export function mask(text: string): string {
  // A loop over the characters would be interpreted; what the engine does with a whole string is native code.
  const [, first, middle, last] = /^(.)(.*)(.)$/su.exec(text) ?? [];
  return middle === undefined ? text : `${first}${"*".repeat(characters(middle))}${last}`;
}

function characters(text: string): number {
  const pairs = text.match(/[\ud800-\udbff]/g)?.length ?? 0;
  return text.length - pairs;
}
