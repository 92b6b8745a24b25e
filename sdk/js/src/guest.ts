// Between the contract and an author's filter; what `tidegate plugin build` makes a component of.

import * as hostLog from "tidegate:plugin/log@0.1.0";
import * as rowImage from "tidegate:plugin/row-image@0.1.0";
import * as rowSet from "tidegate:plugin/row-set@0.1.0";
import type { Answer, Cells, ContractManifest, ContractPlan, Header, Statement } from "./contract.ts";
import type { StatementAnswer, TableDescription, TableName } from "./contract.ts";
import type { Filter, FilterClass } from "./filter.ts";
import { Plan, Table } from "./filter.ts";
import { connect } from "./log.ts";
import { MapRows, Rows } from "./rows.ts";

/** More tables than this are not remembered. */
const TABLES_MAX = 10_000;

/** What a component exports. */
export interface Exported {
  describe(): ContractManifest;
  configure(settings: string): void;
  routes(source: TableName, current: TableName): TableName[] | undefined;
  decide(table: TableDescription): ContractPlan;
  rows(header: Header): Answer;
  mapColumns(header: Header): (Cells | undefined)[];
  judge(statement: Statement): StatementAnswer;
}

/** Returns what a component exports. */
export function exported(filterClass: FilterClass, tablesMax = TABLES_MAX): Exported {
  const manifest = contractManifest(filterClass);
  const running = new Running(filterClass, tablesMax);
  return {
    describe: () => manifest,
    configure: said((settings) => running.configure(settings)),
    routes: said((source, current) => running.routes(source, current)),
    decide: said((table) => running.decide(table)),
    rows: said((header) => running.rows(header)),
    mapColumns: said((header) => running.mapColumns(header)),
    judge: said((statement) => running.judge(statement)),
  };
}

/** Has whatever is thrown become the answer `err`: an `Error` that leaves a component is a trap without a message. */
function said<Arguments extends unknown[], Returned>(
  ask: (...given: Arguments) => Returned,
): (...given: Arguments) => Returned {
  return (...given) => {
    try {
      return ask(...given);
    } catch (thrown) {
      throw explained(thrown);
    }
  };
}

function explained(thrown: unknown): string {
  // What the host answers as an error; its class is another realm's.
  if (typeof thrown === "object" && thrown !== null && "payload" in thrown) {
    return String(thrown.payload);
  }
  if (!(thrown instanceof Error)) {
    return String(thrown);
  }
  const [place] = (thrown.stack ?? "").split("\n").filter((line) => line.includes(":") && !line.startsWith(thrown.name));
  return `${thrown.name}: ${thrown.message}${place === undefined ? "" : ` (${place.trim()})`}`;
}

function contractManifest(filterClass: FilterClass): ContractManifest {
  const { name, version, summary, settings, tables = [], columns = [], operations } = filterClass?.manifest ?? {};
  if (!name || !version || !summary || !settings) {
    const what = "a class whose static `manifest` has name, version, summary and settings";
    throw new TypeError(`the filter's module must export by default ${what}`);
  }
  const wanted = { insert: true, update: true, delete: true, schemaChange: true, ...operations };
  return { name, version, summary, settings: JSON.stringify(settings), tables, operations: wanted, columns };
}

/** A filter with its settings, and what it made of the tables that it met. */
class Running {
  #filter: Filter<unknown> | undefined;
  readonly #met = new Map<bigint, { table: Table; memo: unknown }>();

  constructor(
    readonly filterClass: FilterClass,
    readonly tablesMax: number,
  ) {}

  configure(settings: string): void {
    connect(hostLog.write);
    this.#filter = new this.filterClass(JSON.parse(settings));
  }

  routes(source: TableName, current: TableName): TableName[] | undefined {
    return this.#made().routes(source, current);
  }

  decide(description: TableDescription): ContractPlan {
    return this.#plan(new Table(description)).toContract();
  }

  rows({ tableId, operation, rows }: Header): Answer {
    const { table, memo } = this.#atHand(tableId);
    const answer = this.#made().rows(new Rows(table, operation, rows, memo, rowSet));
    if (typeof answer?.verdicts?.tag !== "string" || !Array.isArray(answer.reasons)) {
      throw new TypeError("`rows` did not answer with what the methods of its argument return");
    }
    return answer;
  }

  mapColumns({ tableId, rows }: Header): (Cells | undefined)[] {
    const { table, memo } = this.#atHand(tableId);
    const fromImage = {
      read: (_: unknown, column: number) => rowImage.read(column),
      text: (_: unknown, column: number) => rowImage.text(column),
    };
    const mapped = this.#made().mapColumns(new MapRows(table, rows, memo, fromImage));
    if (!mapped.every((cells) => cells === undefined || typeof cells?.values?.tag === "string")) {
      throw new TypeError("`mapColumns` answered with something that is neither `Cells` nor `undefined`");
    }
    return mapped;
  }

  judge(statement: Statement): StatementAnswer {
    const answer = this.#made().judge(statement);
    if (typeof answer === "string") {
      return { tag: "rewritten", val: answer };
    }
    if (!answer.every((passes) => typeof passes === "boolean")) {
      throw new TypeError("`judge` answered with something that is neither a list of booleans nor a text");
    }
    return { tag: "elements", val: answer };
  }

  #made(): Filter<unknown> {
    if (this.#filter === undefined) {
      throw new Error("`configure` was not called");
    }
    return this.#filter;
  }

  #plan(table: Table): Plan<unknown> {
    const plan = this.#made().decide(table);
    if (!(plan instanceof Plan)) {
      throw new TypeError(`\`decide\` answered with ${typeof plan}; a Plan is wanted`);
    }
    return plan;
  }

  /** Returns what the filter made of the table at hand; a new instance has met none yet. */
  #atHand(tableId: bigint): { table: Table; memo: unknown } {
    const known = this.#met.get(tableId);
    if (known !== undefined) {
      return known;
    }
    const table = new Table(rowSet.describe());
    const met = { table, memo: this.#plan(table).memo };
    if (this.#met.size >= this.tablesMax) {
      this.#met.clear();
    }
    this.#met.set(tableId, met);
    return met;
  }
}
