import { Calendar } from "./calendar.ts";
import { encode } from "./cells.ts";
import type { Cells, Kind, Spans, Values } from "./contract.ts";
import { Decimal, fromWords } from "./decimal.ts";
import type { Value } from "./value.ts";

/** A column's values in one image of the rows at hand: whole (`cells`), and row by row. */
export class Column implements Iterable<Value> {
  readonly #read: (row: number) => Value;

  constructor(
    readonly kind: Kind,
    readonly cells: Cells,
    readonly length: number,
  ) {
    this.#read = reader(kind, cells.values);
  }

  /** Tells whether a row is NULL. */
  isNull(row: number): boolean {
    const { validity } = this.cells;
    return validity.length > 0 && ((validity[row >> 3]! >> (row & 7)) & 1) === 0;
  }

  /** Returns a row's value. */
  value(row: number): Value {
    if (!(row >= 0 && row < this.length)) {
      throw new RangeError(`row ${row} of ${this.length}`);
    }
    return this.isNull(row) ? null : this.#read(row);
  }

  *[Symbol.iterator](): Iterator<Value> {
    for (let row = 0; row < this.length; row++) {
      yield this.isNull(row) ? null : this.#read(row);
    }
  }

  /** Returns the column with every value changed that is not NULL, to hand it back. */
  map(change: (value: NonNullable<Value>) => Value, kind = this.kind): Cells {
    return encode(kind, Array.from(this, (value) => (value === null ? null : change(value))));
  }
}

/** Returns the function that reads a row which is not NULL. */
function reader(kind: Kind, values: Values): (row: number) => Value {
  switch (values.tag) {
    case "utf8":
      return texts(values.val);
    case "spans": {
      const { offsets, data } = values.val;
      // The host's array has the class of another realm; values are to have ours.
      const own = new Uint8Array(data.buffer, data.byteOffset, data.length);
      return (row) => own.subarray(offsets[row]!, offsets[row + 1]!);
    }
    case "f64s":
      return (row) => values.val[row]!;
    case "s256s": {
      const scale = scaleOf(kind);
      return (row) => new Decimal(fromWords(values.val, 4 * row), scale);
    }
  }
  const numbers = values.val;
  switch (kind.tag) {
    case "date":
    case "datetime":
    case "timestamp":
      return (row) => Calendar.unpack(numbers[row]!);
    case "decimal": {
      const { scale } = kind.val;
      return (row) => new Decimal(numbers[row]!, scale);
    }
    case "bit":
    case "set":
      return (row) => numbers[row]!;
    case "int":
      return kind.val.bits > 32 ? (row) => numbers[row]! : (row) => Number(numbers[row]!);
  }
  return (row) => Number(numbers[row]!);
}

function scaleOf(kind: Kind): number {
  if (kind.tag !== "decimal") {
    throw new TypeError(`numbers of 256 bits for a column of the kind ${kind.tag}`);
  }
  return kind.val.scale;
}

// A value may begin with U+FEFF, which is no mark of the encoding here.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function texts({ offsets, data }: Spans): (row: number) => string {
  const whole = decoder.decode(data);
  if (whole.length === data.length) {
    // All of it is ASCII: offsets of bytes are those of characters.
    return (row) => whole.substring(offsets[row]!, offsets[row + 1]!);
  }
  return (row) => decoder.decode(data.subarray(offsets[row]!, offsets[row + 1]!));
}
