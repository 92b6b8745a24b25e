// Answers whatever the contract allows. What it answers depends on the number in the column `n`, a row's facts and names; the
// host's test says what is expected.

import {
  type Answer,
  type Cells,
  type ColumnInfo,
  DROP,
  encode,
  Filter,
  log,
  type MapRows,
  Plan,
  type Rows,
  refuse,
  type Statement,
  type Table,
  type TableName,
  type Value,
  type Verdict,
} from "tidegate-sdk";

const TEXT: ColumnInfo = {
  name: "text",
  kind: { tag: "varchar", val: { charset: "latin1", collation: 0, length: 20 } },
  nullable: true,
  generated: false,
};

export default class Probe extends Filter<number> {
  static readonly manifest = {
    name: "probe",
    version: "0.1.0",
    summary: "answers whatever the contract allows",
    settings: { type: "object", additionalProperties: false },
    tables: ["shop.*", "gone.*"],
    columns: ["n"],
    operations: { delete: false },
  };

  override routes(source: TableName, current: TableName): TableName[] | undefined {
    if (source.schema === "gone") {
      return undefined;
    }
    if (source.table === "wrong") {
      throw new RangeError(`no name for ${source.schema}.${source.table}`);
    }
    return source.table === "" ? [] : ["a", "b"].map((schema) => ({ schema, table: current.table }));
  }

  decide(table: Table): Plan<number> {
    const [number, secret] = [table.need("n"), table.need("secret")];
    const plan = Plan.perRow().needing(number).wantingFacts().because("probed").because("twice");
    return plan.removing(table, secret).adding(table, TEXT).remembering(number);
  }

  override rows(rows: Rows<number>): Answer {
    const [times, servers, transactions, gtids] = [rows.commitTimes(), rows.serverIds(), rows.transactions(), rows.gtids()];
    return rows.verdicts((image) =>
      Array.from(rows.column(image, rows.memo), (value, row) => {
        const isDropped = times[row]! < 0n || servers[row] === 13 || gtids[transactions[row]!] !== "";
        return value === null || isDropped ? DROP : verdict(value);
      }),
    );
  }

  override mapColumns(rows: MapRows<number>): (Cells | undefined)[] {
    const numbers = rows.column(rows.memo);
    return [numbers && encode(TEXT.kind, Array.from(numbers, (number) => (number === null ? null : `ä${number}`)))];
  }

  override judge({ sql, elements, position }: Statement): boolean[] | string {
    log.warn(`a statement: ${sql}`);
    if (elements.some((element) => element.event === "drop table")) {
      return `${sql} /* äh */`;
    }
    return elements.map((element) => {
      if (element.event === "truncate table") {
        const [current] = element.current;
        throw new RangeError(`${element.sql} at ${position} of ${current?.schema}.${current?.table}`);
      }
      return element.event !== "drop column" && element.renamedTo?.table !== "bad";
    });
  }
}

function verdict(value: NonNullable<Value>): Verdict {
  const number = Number(value);
  if (number < 0) {
    return refuse("below 0");
  }
  if (number === 0) {
    return refuse("nothing");
  }
  if (number === 777) {
    throw new RangeError("777 is too much");
  }
  return number % 2;
}
