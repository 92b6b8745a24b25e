// The contract's types (`wit/0.1.0`), as they cross: lists of numbers are typed arrays, names are in camel case.

/** A table's name, or a schema's, where `table` is empty. */
export interface TableName {
  schema: string;
  table: string;
}

/** A column of text and what its bytes are. */
export interface TextKind {
  /** MySQL's name of the character set, such as `utf8mb4`; empty if it is not known. */
  charset: string;
  /** MySQL's collation id, 0 if it is not known. */
  collation: number;
  /** The most characters, 0 if not known. */
  length: number;
}

/** TINYTEXT to LONGTEXT. */
export interface LargeKind {
  charset: string;
  collation: number;
  /** 1 to 4. */
  lengthBytes: number;
}

/** An ENUM's or a SET's members. */
export interface MemberKind {
  members: string[];
  charset: string;
  collation: number;
}

export type SpatialKind =
  | "geometry"
  | "point"
  | "line-string"
  | "polygon"
  | "multi-point"
  | "multi-line-string"
  | "multi-polygon"
  | "geometry-collection";

/** MySQL's type of a column. For `float` and `double`, `val` tells whether it is unsigned; for times, it counts the digits
 * behind the second. */
export type Kind =
  | { tag: "int"; val: { bits: number; unsigned: boolean } }
  | { tag: "decimal"; val: { precision: number; scale: number; unsigned: boolean } }
  | { tag: "float" | "double"; val: boolean }
  | { tag: "char" | "varchar"; val: TextKind }
  | { tag: "text"; val: LargeKind }
  | { tag: "enumeration" | "set"; val: MemberKind }
  | { tag: "geometry"; val: SpatialKind }
  | { tag: "bit" | "datetime" | "timestamp" | "time" | "binary" | "varbinary" | "blob" | "vector"; val: number }
  | { tag: "year" | "date" | "json" | "inet4" | "inet6" | "uuid" };

export interface ColumnInfo {
  name: string;
  kind: Kind;
  nullable: boolean;
  /** Whether the server computes it. */
  generated: boolean;
}

/** Value i is data[offsets[i] .. offsets[i + 1]]; there is one offset more than there are rows. A NULL is empty. */
export interface Spans {
  offsets: Uint32Array;
  data: Uint8Array;
}

/** A value for each row; whatever stands where a row is NULL has no meaning. */
export type Values =
  | { tag: "s64s"; val: BigInt64Array }
  | { tag: "u64s"; val: BigUint64Array }
  | { tag: "f64s"; val: Float64Array }
  /** Four numbers for each row: a 256-bit two's complement, lowest first. */
  | { tag: "s256s"; val: BigUint64Array }
  | { tag: "spans"; val: Spans }
  /** What `text` gives, and an answer in the place of `spans` for columns of text and JSON. */
  | { tag: "utf8"; val: Spans };

/** A column's values. */
export interface Cells {
  /** A bit for each row, the lowest of the first byte for the first, 1 = not NULL. Empty: no row is NULL. */
  validity: Uint8Array;
  values: Values;
}

/** A table as it is described. */
export interface TableDescription {
  id: bigint;
  source: TableName;
  current: TableName;
  columns: ColumnInfo[];
  primaryKey: Uint32Array;
}

export type Operation = "insert" | "update" | "delete";
export type Image = "before" | "after";

/** What a call is about. */
export interface Header {
  source: TableName;
  tableId: bigint;
  operation: Operation;
  rows: number;
}

export interface Operations {
  insert: boolean;
  update: boolean;
  delete: boolean;
  schemaChange: boolean;
}

export interface ContractManifest {
  name: string;
  version: string;
  summary: string;
  settings: string;
  tables: string[];
  operations: Operations;
  columns: string[];
}

/** All rows pass, none does, or `rows` is asked. */
export type Decision = "keep" | "drop" | "per-row";

export interface OutputColumn {
  column: ColumnInfo;
  /** From the column with this index before the filter, or from this entry of `mapColumns`. */
  produced: { tag: "input" | "mapped"; val: number };
}

export interface ContractPlan {
  insert: Decision;
  update: Decision;
  delete: Decision;
  columns: OutputColumn[] | undefined;
  needs: Uint32Array;
  facts: boolean;
  because: string[];
}

export type Verdicts =
  | { tag: "keep-all" }
  | { tag: "drop-all" }
  /** A bit for each row, as in `Cells.validity`: 1 passes. */
  | { tag: "selection"; val: Uint8Array }
  | { tag: "changes"; val: Uint32Array }
  | { tag: "images"; val: [Uint32Array, Uint32Array] };

export interface Answer {
  verdicts: Verdicts;
  /** Why rows are refused. */
  reasons: string[];
}

/** A part of a statement that is judged by itself. */
export interface Element {
  /** What it does, in the words of DM's binlog event filter, such as `drop table`. */
  event: string;
  source: TableName;
  /** What the filters before this one made of its name. */
  current: TableName[];
  /** The new name, for a rename. */
  renamedTo?: TableName;
  sql: string;
}

export interface Statement {
  /** The text as the source ran it or a filter before rewrote it, without what was dropped. */
  sql: string;
  defaultSchema: string;
  elements: Element[];
  /** Where it stands in the log. */
  position: string;
}

export type StatementAnswer = { tag: "elements"; val: boolean[] } | { tag: "rewritten"; val: string };

export type Level = "debug" | "info" | "warn" | "error";
