// Which kinds of events pass for which tables, as TiDB DM's binlog event filter has it. All rules that match a table are
// asked: `Ignore` drops what it hits, `Do` drops what it does not hit.

import { Filter, Plan, type Statement, type Table, type TableName } from "tidegate-sdk";
import { eventName, hits } from "./events.ts";
import { Pattern } from "./pattern.ts";

interface Settings {
  "schema-pattern": string;
  "table-pattern"?: string;
  events: string[];
  action: "Do" | "Ignore";
}

interface Rule {
  schema: Pattern;
  /** Without it the rule is about whole schemas. */
  table: Pattern | undefined;
  events: string[];
  action: "Do" | "Ignore";
}

export default class BinlogEvent extends Filter {
  static readonly manifest = {
    name: "binlog-event",
    version: "0.1.0",
    summary: "drops events of tables by their kind",
    settings: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        properties: {
          "schema-pattern": { type: "string", description: "The schemas: a name with `*` at its end, `?` and `[a-z]`." },
          "table-pattern": { type: "string", description: "The tables; without it whole schemas." },
          events: {
            type: "array",
            items: { type: "string" },
            minItems: 1,
            description: "The events that the rule hits: names like `drop table`, or `all`, `all dml`, `all ddl`, …",
          },
          action: { enum: ["Do", "Ignore"], description: "`Do` drops what is not hit, `Ignore` what is." },
        },
        required: ["schema-pattern", "events", "action"],
        additionalProperties: false,
      },
    },
  };

  readonly #rules: Rule[];

  constructor(settings: Settings[]) {
    super();
    this.#rules = settings.map((rule) => ({
      schema: new Pattern(rule["schema-pattern"]),
      table: rule["table-pattern"] ? new Pattern(rule["table-pattern"]) : undefined,
      events: rule.events.map(eventName),
      action: rule.action,
    }));
  }

  decide({ source }: Table): Plan {
    const plan = Plan.keep();
    for (const operation of ["insert", "update", "delete"] as const) {
      const index = this.#dropping(source, operation);
      if (index >= 0) {
        plan[operation] = "drop";
        plan.because(`${operation}: rule ${index} (${this.#rules[index]!.action}) decides`);
      }
    }
    return plan;
  }

  override judge({ elements }: Statement): boolean[] {
    return elements.map(({ event, source, renamedTo }) => {
      const names = renamedTo === undefined ? [source] : [source, renamedTo];
      return names.every((name) => this.#dropping(name, event) < 0);
    });
  }

  /** Returns the index of a rule that drops the event; -1 if none does. */
  #dropping({ schema, table }: TableName, event: string): number {
    return this.#rules.findIndex((rule) => {
      const matches = rule.schema.matches(schema) && (rule.table === undefined || rule.table.matches(table));
      return matches && hits(rule.events, event) === (rule.action === "Ignore");
    });
  }
}
