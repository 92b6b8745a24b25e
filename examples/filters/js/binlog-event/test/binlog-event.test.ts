import assert from "node:assert/strict";
import { test } from "node:test";
import type { Element, Statement } from "tidegate-sdk";
import * as testing from "tidegate-sdk/testing";
import BinlogEvent from "../src/binlog-event.ts";
import { Pattern } from "../src/pattern.ts";

type Rules = ConstructorParameters<typeof BinlogEvent>[0];

const all = { "schema-pattern": "*" };

function decisions(rules: Rules, table: string) {
  const plan = new BinlogEvent(rules).decide(testing.table(table, { id: { tag: "year" } }));
  return [plan.insert, plan.update, plan.delete];
}

function passes(rules: Rules, event: string, ...names: string[]): boolean {
  const [source, renamedTo] = names.map((name) => {
    const [schema = "", table = ""] = name.split(".");
    return { schema, table };
  });
  const element: Element = { event, source: source!, current: [], sql: "", ...(renamedTo && { renamedTo }) };
  const statement: Statement = { sql: "", defaultSchema: "", elements: [element], position: "" };
  return new BinlogEvent(rules).judge(statement)[0]!;
}

test("rows are decided by operation", () => {
  const rules: Rules = [{ "schema-pattern": "shop", "table-pattern": "log_*", events: ["DELETE"], action: "Ignore" }];
  assert.deepEqual(decisions(rules, "shop.log_1"), ["keep", "keep", "drop"]);
  assert.deepEqual(decisions(rules, "shop.orders"), ["keep", "keep", "keep"]);
  assert.deepEqual(decisions([{ ...all, events: ["insert"], action: "Do" }], "a.b"), ["keep", "drop", "drop"]);
});

test("statements are decided as DM decides them", () => {
  for (const [events, action, event, expected] of [
    [["drop table"], "Ignore", "drop table", false],
    [["drop table"], "Ignore", "truncate table", true],
    [["drop schema"], "Ignore", "drop database", false],
    [["all dml"], "Do", "drop table", false],
    [["all ddl"], "Do", "drop table", true],
    [["alter table"], "Ignore", "modify column", true],
    [["incompatible ddl changes"], "Ignore", "drop column", false],
    [["incompatible ddl changes"], "Ignore", "create index", true],
    [["none ddl", "drop table"], "Ignore", "drop table", true],
    [["drop table", "none ddl"], "Ignore", "drop table", false],
  ] as const) {
    assert.equal(passes([{ ...all, events: [...events], action }], event, "s.t"), expected, `${events} ${action} ${event}`);
  }
});

test("every rule that matches is asked", () => {
  const both: Rules = [
    { ...all, events: ["all dml"], action: "Do" },
    { ...all, "table-pattern": "*", events: ["create table"], action: "Do" },
  ];
  assert.deepEqual(decisions(both, "a.b"), ["drop", "drop", "drop"]);
});

test("a rename is judged by both names", () => {
  const rules: Rules = [{ ...all, "table-pattern": "log_*", events: ["rename table"], action: "Ignore" }];
  assert.equal(passes(rules, "rename table", "s.a", "s.b"), true);
  assert.equal(passes(rules, "rename table", "s.a", "s.log_b"), false);
});

test("what cannot be is an error", () => {
  assert.throws(() => new BinlogEvent([{ ...all, events: ["truncate"], action: "Do" }]), /no event `truncate`/);
  for (const pattern of ["", "do*c", "t[ab", "t[]"]) {
    assert.throws(() => new Pattern(pattern), SyntaxError, pattern);
  }
});

test("patterns match as in DM", () => {
  for (const [pattern, name, expected] of [
    ["doc*", "Document", true],
    ["doc*", "dodo", false],
    ["t?", "t1", true],
    ["t?", "t12", false],
    ["t[0-63]", "t5", true],
    ["t[0-63]", "t63", false],
    ["t[!a-c]", "tb", false],
    ["t[!]", "t!", true],
    ["a.c", "abc", false],
    ["t-1", "t-1", true],
  ] as const) {
    assert.equal(new Pattern(pattern).matches(name), expected, `${pattern} on ${name}`);
  }
});
