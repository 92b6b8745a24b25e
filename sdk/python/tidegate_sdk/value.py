"""The types of values."""

import datetime
import decimal
from typing import Union

from wit_world.imports import types

from .temporal import Calendar

Value = Union[int, float, decimal.Decimal, Calendar, datetime.timedelta, bytes, str, None]
"""One value; its column's kind tells which it is.

int: integers, BIT, YEAR, the number of an ENUM's member, the bits of a SET. float: FLOAT, DOUBLE. Decimal: DECIMAL.
Calendar: DATE, DATETIME, TIMESTAMP (in UTC). timedelta: TIME. str: what was read as text. bytes: everything else, text in
the column's character set and binary JSON among it. None: NULL.
"""

CALENDARS = (types.Kind_Date, types.Kind_Datetime, types.Kind_Timestamp)
