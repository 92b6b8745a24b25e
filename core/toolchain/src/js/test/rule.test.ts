import assert from "node:assert/strict";
import { test } from "node:test";
import * as testing from "tidegate-sdk/testing";
import Rule from "../src/rule.ts";

test("rows of test accounts are dropped", () => {
  const table = testing.table("shop.orders", {
    id: { tag: "year" },
    account: { tag: "varchar", val: { charset: "utf8mb4", collation: 255, length: 20 } },
  });
  const rule = new Rule({ column: "Account", prefix: "test_" });
  const after = { id: [1, 2, 3], account: ["test_ann", "bob", null] };
  const rows = testing.rows(rule, table, "insert", { after });
  assert.deepEqual(rule.rows(rows).verdicts, { tag: "selection", val: Uint8Array.of(0b110) });
});
