/**
 * Write filters for Tidegate in TypeScript or JavaScript.
 *
 * A filter is a class derived from `Filter` that its module exports by default. It is a pure function of its settings and its
 * input: it remembers nothing between calls, and is asked by several instances and again after a crash.
 *
 *     import { Filter, Plan, type Rows, type Table } from "tidegate-sdk";
 *
 *     export default class NoTests extends Filter {
 *       static readonly manifest = {
 *         name: "no-tests",
 *         version: "1.0.0",
 *         summary: "drops the orders of test accounts",
 *         settings: {
 *           type: "object",
 *           properties: { prefix: { type: "string", description: "What the accounts of tests begin with." } },
 *           required: ["prefix"],
 *           additionalProperties: false,
 *         },
 *       };
 *
 *       constructor(private readonly settings: { prefix: string }) {
 *         super();
 *       }
 *
 *       decide(table: Table) {
 *         const account = table.index("account");
 *         return account === undefined ? Plan.keep() : Plan.perRow().needing(account);
 *       }
 *
 *       override rows(rows: Rows) {
 *         return rows.perImage((row) => !String(row.get("account") ?? "").startsWith(this.settings.prefix));
 *       }
 *     }
 *
 * The project's `package.json` names the module as `main`, and `tidegate plugin build` makes a component of it.
 *
 * @module
 */

export { Calendar } from "./calendar.ts";
export { encode } from "./cells.ts";
export { Column } from "./column.ts";
export type * from "./contract.ts";
export { Decimal } from "./decimal.ts";
export { Filter, type FilterClass, type Manifest, Plan, Table } from "./filter.ts";
export { log } from "./log.ts";
export { DROP, KEEP, MapRows, type Refusal, type Row, Rows, refuse, type Verdict } from "./rows.ts";
export type { Value } from "./value.ts";
