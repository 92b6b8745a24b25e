"""Dates and times."""

import datetime
from typing import NamedTuple, Self

MICROSECOND = datetime.timedelta(microseconds=1)


class Calendar(NamedTuple):
    """A day and a time of day as MySQL has them, also those that no calendar has (`0000-00-00`, `2024-00-10`).

    They compare as MySQL's do.
    """

    year: int = 0
    month: int = 0
    day: int = 0
    hour: int = 0
    minute: int = 0
    second: int = 0
    microsecond: int = 0

    @classmethod
    def unpack(cls, packed: int) -> Self:
        """Returns what a packed number stands for (`types.calendar` of the contract)."""
        return cls(
            packed >> 46 & 0x3FFF,
            packed >> 42 & 15,
            packed >> 37 & 31,
            packed >> 32 & 31,
            packed >> 26 & 63,
            packed >> 20 & 63,
            packed & 0xFFFFF,
        )

    @classmethod
    def of(cls, moment: datetime.datetime | datetime.date) -> Self:
        """Returns a date or a datetime of the standard library's; an aware one is taken in UTC."""
        if not isinstance(moment, datetime.datetime):
            return cls(moment.year, moment.month, moment.day)
        if moment.tzinfo is not None:
            moment = moment.astimezone(datetime.UTC)
        day = (moment.year, moment.month, moment.day)
        return cls(*day, moment.hour, moment.minute, moment.second, moment.microsecond)

    def pack(self) -> int:
        """Returns the packed number. Packed numbers sort as what they stand for."""
        limits = (9999, 12, 31, 23, 59, 59, 999_999)
        if any(not 0 <= field <= limit for field, limit in zip(self, limits)):
            raise ValueError("a date or time that MySQL does not have")
        year, month, day, hour, minute, second, microsecond = self
        high = year << 46 | month << 42 | day << 37
        return high | hour << 32 | minute << 26 | second << 20 | microsecond

    def to_datetime(self) -> datetime.datetime:
        """Returns the standard library's; raises `ValueError` if no calendar has this day."""
        return datetime.datetime(*self)


def micros(value: datetime.timedelta) -> int:
    """Returns a TIME's microseconds."""
    return value // MICROSECOND
