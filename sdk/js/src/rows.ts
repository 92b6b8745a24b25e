import { Column } from "./column.ts";
import type { Answer, Cells, Image, Operation, Verdicts } from "./contract.ts";
import type { Table } from "./filter.ts";
import { isText, type Value } from "./value.ts";

/** The verdict that drops a row or an image. */
export const DROP = 0xffff_ffff;
/** The verdict that lets a row or an image pass to the first route. The route with index *n* is *n*. */
export const KEEP = 0;
const ROUTES_END = 0x8000_0000;

/** The verdict that refuses a row, for a reason. */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** Returns the verdict that refuses a row, for a reason. */
export function refuse(reason: string): Refusal {
  return new Refusal(reason);
}

/** `true`: it passes to the first route. `false`: it is dropped. A number: KEEP, DROP, or the index of a route. */
export type Verdict = boolean | number | Refusal;

/** Where values come from: the host, or a test. */
export interface Supply {
  read(image: Image, column: number): Cells | undefined;
  text(image: Image, column: number): Cells | undefined;
  commitTimes(): BigInt64Array;
  serverIds(): Uint32Array;
  transactions(): Uint32Array;
  gtids(): string[];
}

/** The columns of one image, as far as somebody asked for them. */
class Columns {
  readonly #byName = new Map<string, Column | undefined>();

  constructor(
    readonly table: Table,
    readonly image: Image,
    readonly length: number,
    readonly supply: Pick<Supply, "read" | "text">,
  ) {}

  read(column: number): Column | undefined {
    return this.#made(column, this.supply.read(this.image, column));
  }

  text(column: number): Column | undefined {
    return this.#made(column, this.supply.text(this.image, column));
  }

  #made(column: number, cells: Cells | undefined): Column | undefined {
    return cells && new Column(this.table.columns[column]!.kind, cells, this.length);
  }

  named(name: string): Column | undefined {
    if (!this.#byName.has(name)) {
      const column = this.table.need(name);
      const found = isText(this.table.columns[column]!.kind) ? this.text(column) : this.read(column);
      this.#byName.set(name, found);
    }
    return this.#byName.get(name);
  }

  rows(): Row[] {
    return Array.from({ length: this.length }, (_, index) => new Row(this, index));
  }
}

/** One row of an image: values by their columns' names. The plan must say that a column is needed. */
export class Row {
  readonly #columns: Columns;
  readonly #index: number;

  constructor(columns: Columns, index: number) {
    this.#columns = columns;
    this.#index = index;
  }

  /** Returns a value. Text and JSON are strings; of the rest, see `Value`. */
  get(name: string): Value {
    const column = this.#columns.named(name);
    if (column === undefined) {
      throw new RangeError(`column \`${name}\` is not in this image of the rows`);
    }
    return column.value(this.#index);
  }

  /** Tells whether the image has the column. */
  has(name: string): boolean {
    return this.#columns.named(name) !== undefined;
  }
}

/** Rows of one table and one operation. */
export class Rows<Memo = undefined> {
  readonly #supply: Supply;

  constructor(
    readonly table: Table,
    readonly operation: Operation,
    /** How many rows there are: at least one. */
    readonly length: number,
    /** What the plan remembers of the table. */
    readonly memo: Memo,
    supply: Supply,
  ) {
    this.#supply = supply;
  }

  /** Returns the images that the rows have. */
  get images(): readonly Image[] {
    switch (this.operation) {
      case "insert":
        return ["after"];
      case "delete":
        return ["before"];
    }
    return ["before", "after"];
  }

  /** Returns a column's values, without loss. The plan must say that it is needed. */
  column(image: Image, column: number): Column {
    return this.#there(column, this.#columns(image).read(column));
  }

  /** Returns a column's values as text; it is an error if its character set is not known. */
  text(image: Image, column: number): Column {
    return this.#there(column, this.#columns(image).text(column));
  }

  #columns(image: Image): Columns {
    if (!this.images.includes(image)) {
      throw new RangeError(`rows of the operation ${this.operation} have no image ${image}`);
    }
    return new Columns(this.table, image, this.length, this.#supply);
  }

  #there(column: number, found: Column | undefined): Column {
    if (found === undefined) {
      throw new RangeError(`column ${column} is not in this image of the rows`);
    }
    return found;
  }

  /** Returns when the source committed each row, in microseconds since 1970 UTC. The plan must want facts. */
  commitTimes(): BigInt64Array {
    return this.#supply.commitTimes();
  }

  /** Returns the id of the server on which each row was first committed. The plan must want facts. */
  serverIds(): Uint32Array {
    return this.#supply.serverIds();
  }

  /** Returns each row's transaction, as an index into `gtids`. The plan must want facts. */
  transactions(): Uint32Array {
    return this.#supply.transactions();
  }

  /** Returns the transactions' GTIDs; empty where there is none. The plan must want facts. */
  gtids(): string[] {
    return this.#supply.gtids();
  }

  /**
   * Answers with one verdict for each image of each row: `judge` is asked for each image and gives one for each row.
   *
   * Of an update whose before image passes and whose after image does not, a DELETE is left, and so on.
   */
  verdicts(judge: (image: Image) => Iterable<Verdict>): Answer {
    const reasons: string[] = [];
    const [first, second] = this.images.map((image) => this.#all(judge(image)));
    if (second === undefined) {
      return { verdicts: changes(first!, reasons), reasons };
    }
    return { verdicts: { tag: "images", val: [numbers(first!, reasons), numbers(second, reasons)] }, reasons };
  }

  /** Answers with one verdict for each image of each row, row by row. */
  perImage(judge: (row: Row) => Verdict): Answer {
    return this.verdicts((image) => this.#columns(image).rows().map(judge));
  }

  /** Answers with one verdict for each change: `judge` gets the images before and after it, `undefined` where there is none. */
  perChange(judge: (before: Row | undefined, after: Row | undefined) => Verdict): Answer {
    const rows = (image: Image) => (this.images.includes(image) ? this.#columns(image).rows() : []);
    const [before, after] = [rows("before"), rows("after")];
    const reasons: string[] = [];
    const verdicts = Array.from({ length: this.length }, (_, row) => judge(before[row], after[row]));
    return { verdicts: changes(verdicts, reasons), reasons };
  }

  #all(verdicts: Iterable<Verdict>): Verdict[] {
    const all = Array.from(verdicts);
    if (all.length !== this.length) {
      throw new RangeError(`${all.length} verdicts for ${this.length} rows`);
    }
    return all;
  }
}

/** One image of rows, to be mapped: before and after images alike. */
export class MapRows<Memo = undefined> implements Iterable<Row> {
  readonly #columns: Columns;

  constructor(
    readonly table: Table,
    /** How many rows there are: at least one. */
    readonly length: number,
    /** What the plan remembers of the table. */
    readonly memo: Memo,
    supply: Pick<Supply, "read" | "text">,
  ) {
    this.#columns = new Columns(table, "after", length, supply);
  }

  [Symbol.iterator](): Iterator<Row> {
    return this.#columns.rows()[Symbol.iterator]();
  }

  /** Returns a column's values, without loss; `undefined` if the image does not have it. */
  column(column: number): Column | undefined {
    return this.#columns.read(column);
  }

  /** Returns a column's values as text; `undefined` if the image does not have it. */
  text(column: number): Column | undefined {
    return this.#columns.text(column);
  }
}

function changes(verdicts: Verdict[], reasons: string[]): Verdicts {
  if (!verdicts.every((verdict) => typeof verdict === "boolean")) {
    return { tag: "changes", val: numbers(verdicts, reasons) };
  }
  const bits = new Uint8Array(Math.ceil(verdicts.length / 8));
  verdicts.forEach((passes, row) => {
    bits[row >> 3]! |= Number(passes) << (row & 7);
  });
  return { tag: "selection", val: bits };
}

function numbers(verdicts: Verdict[], reasons: string[]): Uint32Array {
  return Uint32Array.from(verdicts, (verdict) => {
    if (typeof verdict === "boolean") {
      return verdict ? KEEP : DROP;
    }
    if (verdict instanceof Refusal) {
      const known = reasons.indexOf(verdict.reason);
      return ROUTES_END + (known < 0 ? reasons.push(verdict.reason) - 1 : known);
    }
    if (Number.isInteger(verdict) && ((verdict >= 0 && verdict < ROUTES_END) || verdict === DROP)) {
      return verdict;
    }
    throw new TypeError(
      `a verdict of the type ${typeof verdict} that is none of true, false, KEEP, DROP, a route's index and refuse(…)`,
    );
  });
}
