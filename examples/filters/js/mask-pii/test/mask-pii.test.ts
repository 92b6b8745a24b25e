import assert from "node:assert/strict";
import { test } from "node:test";
import { encode, type Kind } from "tidegate-sdk";
import * as testing from "tidegate-sdk/testing";
import MaskPii, { mask } from "../src/mask-pii.ts";

const text: Kind = { tag: "varchar", val: { charset: "utf8mb4", collation: 255, length: 20 } };
const table = testing.table("shop.users", { id: { tag: "year" }, email: text });

test("the first and the last character stay", () => {
  const pairs = { "": "", ä: "ä", ab: "ab", "ann@example": "a*********e", 日本語: "日*語", "🐋b🐋": "🐋*🐋" };
  for (const [given, masked] of Object.entries(pairs)) {
    assert.equal(mask(given), masked);
  }
});

test("NULLs stay NULLs", () => {
  const filter = new MaskPii({ columns: ["EMail"] });
  const rows = testing.mapRows(filter, table, { id: [1, 2], email: ["abc", null] });
  assert.deepEqual(filter.mapColumns(rows), [encode(text, ["a*c", null])]);
});

test("an image without the column stays as it is", () => {
  const filter = new MaskPii({ columns: ["email"] });
  assert.deepEqual(filter.mapColumns(testing.mapRows(filter, table, { id: [1] })), [undefined]);
});
