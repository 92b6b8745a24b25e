import type {
  Answer,
  Cells,
  ColumnInfo,
  ContractPlan,
  Decision,
  Kind,
  Operations,
  OutputColumn,
  Statement,
  TableDescription,
  TableName,
} from "./contract.ts";
import type { MapRows, Rows } from "./rows.ts";

/** What a filter is. */
export interface Manifest {
  /** What it is called in messages. */
  name: string;
  /** Its own version. */
  version: string;
  /** What it does, in a sentence. */
  summary: string;
  /** The JSON Schema (draft 2020-12) of what stands under `config` in the pipeline file. The host holds it against that
   * before the filter is made. */
  settings: object;
  /** The source tables that it wants to see, as `schema.table` with `*` and `?`; by default all. */
  tables?: string[];
  /** The columns that each such table must have, by name. */
  columns?: string[];
  /** What it does not want to see, and passes by unchanged. */
  operations?: Partial<Operations>;
}

/** A table as the filter sees it. */
export class Table {
  readonly id: bigint;
  /** What the source calls it. */
  readonly source: TableName;
  /** What the filters before this one made of its name. */
  readonly current: TableName;
  readonly columns: readonly ColumnInfo[];
  /** As indexes into `columns`. */
  readonly primaryKey: Uint32Array;

  constructor(description: TableDescription) {
    this.id = description.id;
    this.source = description.source;
    this.current = description.current;
    this.columns = description.columns;
    this.primaryKey = description.primaryKey;
  }

  /** Returns the index of the column called `name`; MySQL compares names without regard to case. */
  index(name: string): number | undefined {
    const wanted = name.toLowerCase();
    const found = this.columns.findIndex((column) => column.name.toLowerCase() === wanted);
    return found < 0 ? undefined : found;
  }

  /** As `index`, of a column that must be there. */
  need(name: string): number {
    const index = this.index(name);
    if (index === undefined) {
      throw new RangeError(`no column \`${name}\` in ${this.source.schema}.${this.source.table}`);
    }
    return index;
  }
}

/** What is decided for all rows of a table. */
export class Plan<Memo = undefined> {
  insert: Decision;
  update: Decision;
  delete: Decision;
  /** The columns behind the filter. `undefined`: unchanged. */
  columns: OutputColumn[] | undefined;
  /** The columns that `rows` and `mapColumns` read, as indexes. */
  readonly needs: number[] = [];
  facts = false;
  readonly reasons: string[] = [];
  /** What `rows` and `mapColumns` get again. */
  memo: Memo;

  private constructor(decision: Decision, memo: Memo) {
    this.insert = decision;
    this.update = decision;
    this.delete = decision;
    this.memo = memo;
  }

  /** Returns the plan that lets everything pass. */
  static keep(): Plan<undefined> {
    return new Plan("keep", undefined);
  }

  /** Returns the plan that lets nothing pass. */
  static drop(): Plan<undefined> {
    return new Plan("drop", undefined);
  }

  /** Returns the plan that asks `rows`. */
  static perRow(): Plan<undefined> {
    return new Plan("per-row", undefined);
  }

  /** Says which columns are read, by index. */
  needing(...columns: number[]): this {
    this.needs.push(...columns);
    return this;
  }

  /** Says which columns of `table` are mapped in place, by index: the first is `mapColumns`' first, and so on. `kinds` gives
   * the new kinds of those that get one. They are needed, too. */
  mapping(table: Table, mapped: readonly number[], kinds: ReadonlyMap<number, Kind> = new Map()): this {
    this.columns = table.columns.map((column, index) => {
      const entry = mapped.indexOf(index);
      const produced = entry < 0 ? ({ tag: "input", val: index } as const) : ({ tag: "mapped", val: entry } as const);
      return { column: { ...column, kind: kinds.get(index) ?? column.kind }, produced };
    });
    return this.needing(...mapped);
  }

  /** Says that the filter adds columns behind the others; they are `mapColumns`' next entries. */
  adding(table: Table, ...columns: ColumnInfo[]): this {
    if (this.columns === undefined) {
      this.mapping(table, []);
    }
    const output = this.columns ?? [];
    let entry = output.filter(({ produced }) => produced.tag === "mapped").length;
    output.push(...columns.map((column) => ({ column, produced: { tag: "mapped", val: entry++ } as const })));
    return this;
  }

  /** Says that columns of `table`, by index, are not there behind the filter. */
  removing(table: Table, ...removed: number[]): this {
    if (this.columns === undefined) {
      this.mapping(table, []);
    }
    const stays = ({ produced }: OutputColumn) => produced.tag !== "input" || !removed.includes(produced.val);
    this.columns = this.columns?.filter(stays);
    return this;
  }

  /** Says that `rows` asks for commit times, server ids, transactions or GTIDs. */
  wantingFacts(): this {
    this.facts = true;
    return this;
  }

  /** Says why, for `tidegate explain`. */
  because(reason: string): this {
    this.reasons.push(reason);
    return this;
  }

  /** Keeps what `rows` and `mapColumns` get again as `rows.memo`: indexes of columns, prepared patterns. */
  remembering<Kept>(memo: Kept): Plan<Kept> {
    return Object.assign(this as Plan<unknown>, { memo }) as Plan<Kept>;
  }

  /** Returns the plan as the host gets it. */
  toContract(): ContractPlan {
    const { insert, update, delete: deleted, columns, facts, reasons } = this;
    return { insert, update, delete: deleted, columns, needs: Uint32Array.from(this.needs), facts, because: reasons };
  }
}

/** A filter: a pure function of its settings and its input. Its class has a static `manifest` and is made of the settings. */
export abstract class Filter<Memo = undefined> {
  /** Returns every name that rows of a table, and its statements, may get; asked by name alone, for schemas (with an empty
   * `table`) too. `undefined`: nothing of the table passes, which may depend on `source` only. Empty: it keeps its name. */
  routes(_source: TableName, _current: TableName): TableName[] | undefined {
    return [];
  }

  /** Decides what is decided for all rows of a table. */
  abstract decide(table: Table): Plan<Memo>;

  /** Gives the verdicts for rows of an operation for which the plan says `per-row`. */
  rows(_rows: Rows<Memo>): Answer {
    throw new TypeError(`${this.constructor.name} has no \`rows\`, and a plan of it asks per row`);
  }

  /** Returns the columns that the plan calls mapped, by index, for one image of rows; an entry is `undefined` if the image
   * lacks what it is made of. */
  mapColumns(_rows: MapRows<Memo>): (Cells | undefined)[] {
    throw new TypeError(`${this.constructor.name} has no \`mapColumns\`, and a plan of it maps columns`);
  }

  /** Judges a schema change: whether each element passes, an empty list for all of them; or the statement's new text,
   * whose names are the source's and stand in the first one. An error stops the pipeline at the statement's position. */
  judge(_statement: Statement): boolean[] | string {
    return [];
  }
}

/** The class of a filter, which is what its module exports by default. */
export interface FilterClass {
  readonly manifest: Manifest;
  // The types of settings and memo are the author's; the host has held the settings against the schema.
  new (settings: any): Filter<any>;
}
