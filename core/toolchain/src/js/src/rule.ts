// Drops the rows of test accounts: those whose name begins with a prefix.

import { type Answer, Filter, Plan, type Rows, type Table } from "tidegate-sdk";

/** What stands under `config` in the pipeline file. */
interface Settings {
  column: string;
  prefix: string;
}

export default class Rule extends Filter {
  static readonly manifest = {
    name: "{{name}}",
    version: "0.1.0",
    summary: "drops the rows of test accounts",
    settings: {
      type: "object",
      properties: {
        column: { type: "string", description: "The column that names the account, in every table that has it." },
        prefix: { type: "string", description: "What the names of test accounts begin with." },
      },
      required: ["column", "prefix"],
      additionalProperties: false,
    },
  };

  readonly #settings: Settings;

  constructor(settings: Settings) {
    super();
    this.#settings = settings;
  }

  decide(table: Table): Plan {
    const column = table.index(this.#settings.column);
    return column === undefined ? Plan.keep() : Plan.perRow().needing(column);
  }

  override rows(rows: Rows): Answer {
    const { column, prefix } = this.#settings;
    return rows.perImage((row) => !String(row.get(column) ?? "").startsWith(prefix));
  }
}
