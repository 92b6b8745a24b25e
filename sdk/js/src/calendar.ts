const LIMITS = [9999, 12, 31, 23, 59, 59, 999_999];

/** A day and a time of day as MySQL has them, also those that no calendar has (`0000-00-00`, `2024-00-10`). */
export class Calendar {
  constructor(
    readonly year = 0,
    readonly month = 0,
    readonly day = 0,
    readonly hour = 0,
    readonly minute = 0,
    readonly second = 0,
    readonly microsecond = 0,
  ) {}

  /** Returns what a packed number stands for (`types.calendar` of the contract). */
  static unpack(packed: bigint): Calendar {
    const high = Number(packed >> 32n);
    const low = Number(packed & 0xffff_ffffn);
    const day = [(high >> 14) & 0x3fff, (high >> 10) & 15, (high >> 5) & 31] as const;
    return new Calendar(...day, high & 31, low >>> 26, (low >>> 20) & 63, low & 0xf_ffff);
  }

  /** Returns the moment in UTC. */
  static of(date: Date): Calendar {
    const day = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()] as const;
    const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()] as const;
    return new Calendar(...day, ...time, date.getUTCMilliseconds() * 1000);
  }

  /** Returns the packed number. Packed numbers sort as what they stand for. */
  pack(): bigint {
    const { year, month, day, hour, minute, second, microsecond } = this;
    const fields = [year, month, day, hour, minute, second, microsecond];
    if (!fields.every((field, index) => Number.isInteger(field) && field >= 0 && field <= LIMITS[index]!)) {
      throw new RangeError("a date or time that MySQL does not have");
    }
    const high = (year << 14) | (month << 10) | (day << 5) | hour;
    const low = minute * 0x400_0000 + second * 0x10_0000 + microsecond;
    return (BigInt(high) << 32n) | BigInt(low);
  }

  /** Returns the moment, taken in UTC and cut to milliseconds; `undefined` if no calendar has this day. */
  toDate(): Date | undefined {
    const date = new Date(0);
    date.setUTCFullYear(this.year, this.month - 1, this.day);
    date.setUTCHours(this.hour, this.minute, this.second, Math.floor(this.microsecond / 1000));
    return date.getUTCMonth() === this.month - 1 && date.getUTCDate() === this.day ? date : undefined;
  }
}
