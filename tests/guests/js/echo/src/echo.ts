// Maps every column to itself, for tests: value by value, or as it crossed.

import { type Cells, encode, Filter, type MapRows, Plan, type Table } from "tidegate-sdk";

export default class Echo extends Filter {
  static readonly manifest = {
    name: "echo",
    version: "0.1.0",
    summary: "maps every column to itself",
    settings: {
      type: "object",
      properties: { through: { enum: ["rows", "columns"] } },
      required: ["through"],
      additionalProperties: false,
    },
  };

  readonly #byRows: boolean;

  constructor(settings: { through: "rows" | "columns" }) {
    super();
    this.#byRows = settings.through === "rows";
  }

  decide(table: Table): Plan {
    return Plan.keep().mapping(table, [...table.columns.keys()]);
  }

  override mapColumns(rows: MapRows): (Cells | undefined)[] {
    const columns = rows.table.columns.map((_, index) => rows.column(index));
    return columns.map((column) => column && (this.#byRows ? encode(column.kind, column) : column.cells));
  }
}
