/** A DECIMAL: a whole number, of which the last `scale` digits stand behind the point. */
export class Decimal {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}

  /** Reads a number such as `-12.50`. */
  static parse(text: string): Decimal {
    const [, sign, whole, fraction = ""] = /^([+-]?)([0-9]+)(?:\.([0-9]*))?$/.exec(text) ?? [];
    if (whole === undefined) {
      throw new SyntaxError("a text that is no decimal number");
    }
    const digits = BigInt(whole + fraction);
    return new Decimal(sign === "-" ? -digits : digits, fraction.length);
  }

  /** Returns the same number with `scale` digits behind the point; it is an error if they are too few for it. */
  rescaled(scale: number): Decimal {
    const power = 10n ** BigInt(Math.abs(scale - this.scale));
    if (scale >= this.scale) {
      return new Decimal(this.unscaled * power, scale);
    }
    if (this.unscaled % power !== 0n) {
      throw new RangeError(`a value that a DECIMAL with ${scale} digits behind the point does not have`);
    }
    return new Decimal(this.unscaled / power, scale);
  }

  toString(): string {
    const negative = this.unscaled < 0n;
    const digits = (negative ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, "0");
    const point = digits.length - this.scale;
    const fraction = this.scale > 0 ? `.${digits.slice(point)}` : "";
    return `${negative ? "-" : ""}${digits.slice(0, point)}${fraction}`;
  }
}

/** Returns a 256-bit two's complement, lowest first. */
export function toWords(number: bigint): bigint[] {
  if (BigInt.asIntN(256, number) !== number) {
    throw new RangeError("a number of more than 256 bits");
  }
  return [0n, 64n, 128n, 192n].map((shift) => BigInt.asUintN(64, number >> shift));
}

/** Returns the number that the four words at `start` stand for. */
export function fromWords(words: BigUint64Array, start: number): bigint {
  let number = 0n;
  for (let index = start + 3; index >= start; index--) {
    number = (number << 64n) | words[index]!;
  }
  return BigInt.asIntN(256, number);
}
