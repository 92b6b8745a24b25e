import assert from "node:assert/strict";
import { test } from "node:test";
import { Calendar, Column, Decimal, encode, type Kind, type Value } from "tidegate-sdk";

const text: Kind = { tag: "varchar", val: { charset: "utf8mb4", collation: 255, length: 20 } };
const int = (bits: number, unsigned: boolean): Kind => ({ tag: "int", val: { bits, unsigned } });
const decimal = (precision: number, scale: number): Kind => ({ tag: "decimal", val: { precision, scale, unsigned: false } });
const largest = 10n ** 65n - 1n;

test("values come back", () => {
  const time = (838 * 3600 + 59 * 60 + 59) * 1e6 + 999_999;
  const cases: [Kind, Value[]][] = [
    [int(64, false), [-(1n << 63n), (1n << 63n) - 1n, null]],
    [int(64, true), [0n, (1n << 64n) - 1n, null]],
    [int(32, true), [0, 4_294_967_295, null]],
    [{ tag: "bit", val: 64 }, [(1n << 64n) - 1n, null]],
    [{ tag: "year" }, [0, 2155, null]],
    [decimal(18, 2), [Decimal.parse("-9999999999999999.99"), null]],
    [decimal(65, 30), [new Decimal(largest, 30), new Decimal(-largest, 30), new Decimal(1n, 30), null]],
    [{ tag: "double", val: false }, [-0, 5e-324, null]],
    [{ tag: "date" }, [new Calendar(), new Calendar(2024, 0, 31), new Calendar(9999, 12, 31), null]],
    [{ tag: "datetime", val: 6 }, [new Calendar(2024, 2, 29, 23, 59, 59, 999_999), null]],
    [{ tag: "time", val: 6 }, [time, -time, 0, null]],
    [text, ["", "ö\0", "\ufeff日本語🐋", null]],
    [text, ["a", "", "bcd", null]],
    [text, [Uint8Array.of(0xff), new Uint8Array(), null]],
    [{ tag: "json" }, ['{"a": 1}', null]],
  ];
  for (const [kind, values] of cases) {
    const column = new Column(kind, encode(kind, values), values.length);
    assert.deepEqual([...column], values);
    assert.deepEqual(Array.from(values.keys(), (row) => column.value(row)), values);
    assert.deepEqual(encode(kind, column), column.cells);
  }
});

test("NULLs have bits only where there are any", () => {
  const spans = { offsets: Uint32Array.of(0, 1, 1, 3), data: new TextEncoder().encode("abc") };
  assert.deepEqual(encode(text, ["a", null, "bc"]), { validity: Uint8Array.of(5), values: { tag: "utf8", val: spans } });
  assert.equal(encode({ tag: "year" }, Array(9).fill(1)).validity.length, 0);
  assert.deepEqual(encode({ tag: "year" }, [...Array(8).fill(1), null]).validity, Uint8Array.of(0xff, 0));
});

test("what a kind does not take is an error", () => {
  const cases: [Kind, unknown, RegExp][] = [
    [{ tag: "bit", val: 64 }, -1, /64 bits cannot be/],
    [int(64, false), 1n << 63n, /64 bits cannot be/],
    [int(8, false), "1", /string for a column that takes whole numbers/],
    [int(8, false), 1.5, /number for a column that takes whole numbers/],
    [int(64, false), 2 ** 60, /beyond 2\^53 as bigint/],
    [decimal(9, 2), Decimal.parse("0.001"), /2 digits behind the point/],
    [decimal(9, 2), 0.5, /takes Decimal/],
    [{ tag: "date" }, new Date(0), /Date for a column that takes Calendar/],
    [{ tag: "date" }, new Calendar(2024, 13, 1), /MySQL does not have/],
    [{ tag: "double", val: false }, 1n, /bigint for a column that takes numbers/],
    [text, 5, /number for a column that takes strings/],
    [text, "a\ud800", /half a surrogate pair/],
  ];
  for (const [kind, value, error] of cases) {
    assert.throws(() => encode(kind, [value as Value]), error);
  }
  assert.throws(() => encode(text, ["a", Uint8Array.of(1)]), /takes text, as the column's other values are/);
  assert.throws(() => encode(text, [Uint8Array.of(1), "a"]), /one of the two only/);
});

test("decimals read and write", () => {
  for (const text of ["0", "-0.05", "12.50", "-99999999999999999999.000000000000000001"]) {
    assert.equal(String(Decimal.parse(text)), text);
  }
  assert.equal(String(Decimal.parse("1.50").rescaled(1)), "1.5");
  for (const text of ["", "-", "1e3", "1,5", "0x1"]) {
    assert.throws(() => Decimal.parse(text), SyntaxError);
  }
});

test("dates pack, sort and convert", () => {
  const odd = new Calendar(2024, 0, 31, 23, 59, 58, 999_999);
  assert.deepEqual(Calendar.unpack(odd.pack()), odd);
  assert.ok(new Calendar().pack() < odd.pack() && odd.pack() < new Calendar(9999, 12, 31).pack());
  const moment = new Date("2024-02-29T01:02:03.004Z");
  assert.deepEqual(Calendar.of(moment).toDate(), moment);
  assert.equal(odd.toDate(), undefined);
  assert.equal(new Calendar(2023, 2, 29).toDate(), undefined);
});
