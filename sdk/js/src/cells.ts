import { Calendar } from "./calendar.ts";
import type { Cells, Kind, Spans, Values } from "./contract.ts";
import { Decimal, toWords } from "./decimal.ts";
import type { Value } from "./value.ts";

/** The most digits that travel as a number of 64 bits. */
const NARROW_DIGITS = 18;

/**
 * Returns a column of this kind; every value is of the type that reading it gives (see `Value`), or null for NULL.
 *
 * Columns of text and JSON take strings, or bytes in their own form, and not both in one column. What the kind does not take
 * is an error; the host judges the rest, such as lengths and members.
 */
export function encode(kind: Kind, values: Iterable<Value>): Cells {
  const all = Array.from(values);
  return { validity: validity(all), values: encoded(kind, all) };
}

function encoded(kind: Kind, values: Value[]): Values {
  switch (kind.tag) {
    case "int":
      return numbers(values, kind.val.unsigned, whole);
    case "bit":
    case "set":
    case "year":
    case "enumeration":
      return numbers(values, true, whole);
    case "time":
      return numbers(values, false, whole);
    case "date":
    case "datetime":
    case "timestamp":
      return numbers(values, true, calendar);
    case "decimal":
      return decimals(values, kind.val.precision, kind.val.scale);
    case "float":
    case "double":
      return { tag: "f64s", val: Float64Array.from(values, floating) };
  }
  return spans(values);
}

/** Returns a bit for each row that is not NULL; nothing if none is. */
function validity(values: Value[]): Uint8Array {
  if (!values.includes(null)) {
    return new Uint8Array();
  }
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    bits[row >> 3]! |= Number(value !== null) << (row & 7);
  });
  return bits;
}

function wrong(value: Value, wanted: string): TypeError {
  const given = typeof value === "object" ? value?.constructor.name : typeof value;
  return new TypeError(`${given} for a column that takes ${wanted}`);
}

function whole(value: Value): bigint {
  if (typeof value === "bigint") {
    return value;
  }
  if (typeof value === "number" && Number.isSafeInteger(value)) {
    return BigInt(value);
  }
  throw wrong(value, "whole numbers (beyond 2^53 as bigint)");
}

function floating(value: Value): number {
  if (value === null) {
    return 0;
  }
  if (typeof value !== "number") {
    throw wrong(value, "numbers");
  }
  return value;
}

function calendar(value: Value): bigint {
  if (!(value instanceof Calendar)) {
    throw wrong(value, "Calendar");
  }
  return value.pack();
}

function numbers(values: Value[], unsigned: boolean, number: (value: Value) => bigint): Values {
  const all = unsigned ? new BigUint64Array(values.length) : new BigInt64Array(values.length);
  values.forEach((value, row) => {
    if (value !== null) {
      const given = number(value);
      all[row] = given;
      if (all[row] !== given) {
        throw new RangeError(`a number that ${unsigned ? "an unsigned" : "a signed"} one of 64 bits cannot be`);
      }
    }
  });
  return all instanceof BigUint64Array ? { tag: "u64s", val: all } : { tag: "s64s", val: all };
}

function decimals(values: Value[], precision: number, scale: number): Values {
  const unscaled = (value: Value): bigint => {
    if (!(value instanceof Decimal)) {
      throw wrong(value, "Decimal");
    }
    return value.rescaled(scale).unscaled;
  };
  if (precision <= NARROW_DIGITS) {
    return numbers(values, false, unscaled);
  }
  const words = values.flatMap((value) => toWords(value === null ? 0n : unscaled(value)));
  return { tag: "s256s", val: BigUint64Array.from(words) };
}

function spans(values: Value[]): Values {
  const found = values.find((value) => value !== null);
  if (typeof found !== "string") {
    return { tag: "spans", val: joined(values.map(bytes)) };
  }
  const strings = values.map((value) => {
    if (value !== null && typeof value !== "string") {
      throw wrong(value, "text, as the column's other values are");
    }
    return value ?? "";
  });
  return { tag: "utf8", val: texts(strings) };
}

function bytes(value: Value): Uint8Array {
  if (value === null) {
    return new Uint8Array();
  }
  // What the host hands over has the classes of another realm, of which `instanceof` knows nothing.
  if (ArrayBuffer.isView(value) && value.BYTES_PER_ELEMENT === 1) {
    return value;
  }
  throw wrong(value, "strings, or bytes as Uint8Array, and one of the two only");
}

const encoder = new TextEncoder();

function texts(strings: string[]): Spans {
  const whole = strings.join("");
  const data = encoder.encode(whole);
  if (data.length !== whole.length) {
    return joined(strings.map(utf8));
  }
  // All of it is ASCII: there are as many bytes as characters.
  const offsets = new Uint32Array(strings.length + 1);
  strings.forEach((text, row) => {
    offsets[row + 1] = offsets[row]! + text.length;
  });
  return { offsets, data };
}

function utf8(text: string): Uint8Array {
  // The encoder would put another character in the place of a half one.
  if (/[\ud800-\udfff]/u.test(text)) {
    throw new RangeError("a string with half a surrogate pair, which no character set has");
  }
  return encoder.encode(text);
}

function joined(parts: Uint8Array[]): Spans {
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, row) => {
    offsets[row + 1] = offsets[row]! + part.length;
  });
  const data = new Uint8Array(offsets[parts.length]!);
  parts.forEach((part, row) => data.set(part, offsets[row]!));
  return { offsets, data };
}
