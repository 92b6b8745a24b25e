import type { Calendar } from "./calendar.ts";
import type { Kind } from "./contract.ts";
import type { Decimal } from "./decimal.ts";

/**
 * One value; its column's kind tells which it is.
 *
 * - number: integers of up to 32 bits, YEAR, the number of an ENUM's member, FLOAT, DOUBLE, and the microseconds of a TIME
 * - bigint: BIGINT, BIT, the bits of a SET
 * - Decimal: DECIMAL
 * - Calendar: DATE, DATETIME, TIMESTAMP (in UTC)
 * - string: what was read as text
 * - Uint8Array: everything else, text in the column's character set and binary JSON among it
 * - null: NULL
 */
export type Value = number | bigint | Decimal | Calendar | string | Uint8Array | null;

/** Tells whether a column's values are read as text by a row's `get`. */
export function isText(kind: Kind): boolean {
  return kind.tag === "char" || kind.tag === "varchar" || kind.tag === "text" || kind.tag === "json";
}
