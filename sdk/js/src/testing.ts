// Unit tests without a host: rows that the test makes.

import { encode } from "./cells.ts";
import type { Cells, Image, Kind, Operation } from "./contract.ts";
import { type Filter, Table } from "./filter.ts";
import { MapRows, Rows, type Supply } from "./rows.ts";
import type { Value } from "./value.ts";

/** Values by their column's name, each as long as there are rows; text as strings. */
export type Columns = Record<string, readonly Value[]>;

/** What the source knows of each row. Each of `gtids` is a row's own transaction. */
export interface Facts {
  commitTimes?: bigint[];
  serverIds?: number[];
  gtids?: string[];
}

/** Returns a table: `table("shop.orders", { id: { tag: "int", val: { bits: 64, unsigned: false } } })`. */
export function table(name: string, columns: Record<string, Kind>): Table {
  const [schema = "", own = ""] = name.split(/\.(.*)/);
  const named = { schema, table: own };
  const described = Object.entries(columns).map(([column, kind]) => ({
    name: column,
    kind,
    nullable: true,
    generated: false,
  }));
  return new Table({ id: 1n, source: named, current: named, columns: described, primaryKey: Uint32Array.of(0) });
}

/** Returns rows, with the memo that the filter keeps of the table. Inserts have no `before`, deletes no `after`. */
export function rows<Memo>(
  filter: Filter<Memo>,
  table: Table,
  operation: Operation,
  images: Partial<Record<Image, Columns>>,
  facts: Facts = {},
): Rows<Memo> {
  const { length, supply } = made(table, images, facts);
  return new Rows(table, operation, length, filter.decide(table).memo, supply);
}

/** Returns an image to be mapped, with the memo that the filter keeps of the table. */
export function mapRows<Memo>(filter: Filter<Memo>, table: Table, columns: Columns): MapRows<Memo> {
  const { length, supply } = made(table, { after: columns }, {});
  return new MapRows(table, length, filter.decide(table).memo, supply);
}

function made(table: Table, images: Partial<Record<Image, Columns>>, facts: Facts): { length: number; supply: Supply } {
  const cells = new Map<string, Cells>();
  const lengths = new Set<number>();
  for (const [image, columns] of Object.entries(images)) {
    for (const [name, values] of Object.entries(columns)) {
      const column = table.need(name);
      cells.set(`${image} ${column}`, encode(table.columns[column]!.kind, values));
      lengths.add(values.length);
    }
  }
  const [length] = lengths;
  if (length === undefined || lengths.size > 1) {
    throw new RangeError(`columns of ${[...lengths].join(" and ")} rows; all must have the same`);
  }
  const { commitTimes = [], serverIds = [], gtids = [] } = facts;
  const supply = {
    read: (image: Image, column: number) => cells.get(`${image} ${column}`),
    text: (image: Image, column: number) => cells.get(`${image} ${column}`),
    commitTimes: () => BigInt64Array.from(commitTimes),
    serverIds: () => Uint32Array.from(serverIds),
    transactions: () => Uint32Array.from(gtids.keys()),
    gtids: () => gtids,
  };
  return { length, supply };
}
