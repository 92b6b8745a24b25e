import assert from "node:assert/strict";
import { test } from "node:test";
import { DROP, Filter, KEEP, Plan, type Row, refuse, type Table, type Verdict } from "tidegate-sdk";
import * as testing from "tidegate-sdk/testing";

const table = testing.table("shop.orders", {
  id: { tag: "int", val: { bits: 64, unsigned: false } },
  Account: { tag: "varchar", val: { charset: "utf8mb4", collation: 255, length: 20 } },
});

class Keeping extends Filter {
  decide(_: Table) {
    return Plan.keep();
  }
}

const isReal = (row: Row) => row.get("account") !== "test";

test("verdicts per image", () => {
  const nine = ["a", "test", ..."cdefgh", "test"];
  const inserts = testing.rows(new Keeping(), table, "insert", { after: { account: nine } });
  assert.deepEqual(inserts.perImage(isReal).verdicts, { tag: "selection", val: Uint8Array.of(0xfd, 0) });
  const changed = { before: { account: ["a", "test"] }, after: { account: ["test", "b"] } };
  const updates = testing.rows(new Keeping(), table, "update", changed);
  const images = [Uint32Array.of(KEEP, DROP), Uint32Array.of(DROP, KEEP)];
  assert.deepEqual(updates.perImage(isReal).verdicts, { tag: "images", val: images });
});

test("verdicts per change", () => {
  const changed = { before: { id: [1n, 1n, 0n, 0n] }, after: { id: [1n, 3n, 5n, 6n] } };
  const updates = testing.rows(new Keeping(), table, "update", changed);
  const answer = updates.perChange((before, after) => {
    const [from, to] = [before?.get("id"), after?.get("id")] as [bigint, bigint];
    return from === 0n ? refuse("no id") : Number(to - from);
  });
  assert.deepEqual(answer.verdicts, { tag: "changes", val: Uint32Array.of(0, 2, 0x8000_0000, 0x8000_0000) });
  assert.deepEqual(answer.reasons, ["no id"]);
  const deleted = testing.rows(new Keeping(), table, "delete", { before: { id: [1n] } });
  const verdicts = deleted.perChange((_, after) => after === undefined).verdicts;
  assert.deepEqual(verdicts, { tag: "selection", val: Uint8Array.of(1) });
});

test("a wrong verdict is an error", () => {
  const inserts = testing.rows(new Keeping(), table, "insert", { after: { id: [1n, 2n] } });
  for (const verdict of [-1, 0x8000_0000, 1.5, "keep", null, undefined]) {
    assert.throws(() => inserts.perImage(() => verdict as Verdict), /a verdict of the type/);
  }
  assert.throws(() => inserts.verdicts(() => [KEEP]), /1 verdicts for 2 rows/);
});

test("what is not there is an error", () => {
  const inserts = testing.rows(new Keeping(), table, "insert", { after: { id: [1n] } });
  assert.throws(() => inserts.perImage((row) => row.get("account") === ""), /not in this image/);
  assert.throws(() => inserts.perImage((row) => row.has("nowhere")), /no column `nowhere`/);
  assert.throws(() => inserts.column("before", 0), /no image before/);
});

test("mapped columns are needed and new ones come last", () => {
  const plan = Plan.keep().mapping(table, [1]).adding(table, table.columns[0]!);
  const produced = plan.columns?.map((column) => `${column.produced.tag} ${column.produced.val}`);
  assert.deepEqual(produced, ["input 0", "mapped 0", "mapped 1"]);
  assert.deepEqual(plan.toContract().needs, Uint32Array.of(1));
});
