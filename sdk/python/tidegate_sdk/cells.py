"""Columns' values, written."""

import datetime
from collections.abc import Iterable

from wit_world.imports import types

from .numbers import NARROW_DIGITS, to_unscaled, to_words
from .temporal import Calendar, micros
from .value import CALENDARS, Value

SIGNED = (-(1 << 63), (1 << 63) - 1)
UNSIGNED = (0, (1 << 64) - 1)


def encode(kind: types.Kind, values: Iterable[Value]) -> types.Cells:
    """Returns a column of this kind; every value is of the type that reading it gives (see `Value`), or None for NULL.

    Columns of text and JSON take str, or bytes in their own form, and not both in one column. Raises `TypeError` or
    `ValueError` for what the kind does not take; the host judges the rest, such as lengths and members.
    """
    values = list(values)
    validity = _validity(values)
    match kind:
        case types.Kind_Int(types.IntKind(_, unsigned)):
            return _numbers(validity, values, unsigned, _whole)
        case types.Kind_Bit() | types.Kind_Year() | types.Kind_Enumeration() | types.Kind_Set():
            return _numbers(validity, values, True, _whole)
        case types.Kind_Decimal(types.DecimalKind(precision, scale)):
            return _decimals(validity, values, precision, scale)
        case types.Kind_Float() | types.Kind_Double():
            return types.Cells(validity, types.Values_F64s([0.0 if value is None else float(value) for value in values]))
        case types.Kind_Time():
            return _numbers(validity, values, False, _time)
    if isinstance(kind, CALENDARS):
        return _numbers(validity, values, True, _calendar)
    return _spans(validity, values)


def _validity(values: list[Value]) -> bytes:
    """Returns a bit for each row that is not NULL; nothing if none is."""
    if None not in values:
        return b""
    bits = bytearray((len(values) + 7) // 8)
    for row, value in enumerate(values):
        if value is not None:
            bits[row >> 3] |= 1 << (row & 7)
    return bytes(bits)


def _whole(value: Value) -> int:
    if isinstance(value, int):
        return value
    raise TypeError(f"{type(value).__name__} for a column of whole numbers")


def _time(value: Value) -> int:
    if isinstance(value, datetime.timedelta):
        return micros(value)
    raise TypeError(f"{type(value).__name__} for a column of TIME; it takes datetime.timedelta")


def _calendar(value: Value) -> int:
    if isinstance(value, Calendar):
        return value.pack()
    raise TypeError(f"{type(value).__name__} for a column of dates; it takes Calendar")


def _numbers(validity, values, unsigned, number) -> types.Cells:
    numbers = [0 if value is None else number(value) for value in values]
    least, most = UNSIGNED if unsigned else SIGNED
    if numbers and (min(numbers) < least or max(numbers) > most):
        raise ValueError(f"a number outside of {least} to {most}")
    return types.Cells(validity, (types.Values_U64s if unsigned else types.Values_S64s)(numbers))


def _decimals(validity, values, precision, scale) -> types.Cells:
    def number(value):
        return to_unscaled(value, scale)

    if precision <= NARROW_DIGITS:
        return _numbers(validity, values, False, number)
    words = [word for value in values for word in to_words(0 if value is None else number(value))]
    return types.Cells(validity, types.Values_S256s(words))


def _spans(validity, values) -> types.Cells:
    offsets = [0]
    parts = []
    length = 0
    found = set()
    for value in values:
        if value is not None:
            found.add(str if isinstance(value, str) else bytes)
            part = value.encode() if isinstance(value, str) else bytes(_buffer(value))
            parts.append(part)
            length += len(part)
        offsets.append(length)
    if len(found) > 1:
        raise TypeError("str and bytes in one column; give all of it as one or the other")
    spans = types.Spans(offsets, b"".join(parts))
    return types.Cells(validity, types.Values_Utf8(spans) if found == {str} else types.Values_Spans(spans))


def _buffer(value: Value) -> bytes | bytearray | memoryview:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return value
    raise TypeError(f"{type(value).__name__} for a column that takes str or bytes")
