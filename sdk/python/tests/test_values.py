import datetime
import decimal
import unittest
from decimal import Decimal

from tidegate_sdk import (
    Calendar,
    Column,
    DecimalKind,
    IntKind,
    Kind_Bit,
    Kind_Blob,
    Kind_Date,
    Kind_Datetime,
    Kind_Decimal,
    Kind_Double,
    Kind_Int,
    Kind_Json,
    Kind_Time,
    Kind_Varchar,
    TextKind,
    encode,
)
from wit_world.imports import types

TEXT = Kind_Varchar(TextKind("utf8mb4", 255, 20))
LARGEST = Decimal("9" * 35 + "." + "9" * 30)


def kind_decimal(precision: int, scale: int) -> Kind_Decimal:
    return Kind_Decimal(DecimalKind(precision, scale, False))


class Tests(unittest.TestCase):
    def test_values_come_back(self):
        hours = datetime.timedelta(hours=838, minutes=59, seconds=59, microseconds=999_999)
        for kind, values in [
            (Kind_Int(IntKind(64, False)), [-(1 << 63), (1 << 63) - 1, None]),
            (Kind_Int(IntKind(64, True)), [0, (1 << 64) - 1, None]),
            (Kind_Bit(64), [(1 << 64) - 1, None]),
            (kind_decimal(18, 2), [Decimal("-9999999999999999.99"), Decimal(0), None]),
            (kind_decimal(65, 30), [LARGEST, -LARGEST, Decimal("1e-30"), None]),
            (Kind_Double(False), [-0.0, 5e-324, None]),
            (Kind_Date(), [Calendar(), Calendar(2024, 0, 31), Calendar(9999, 12, 31), None]),
            (Kind_Datetime(6), [Calendar(2024, 2, 29, 23, 59, 59, 999_999), None]),
            (Kind_Time(6), [hours, -hours, datetime.timedelta(0), None]),
            (TEXT, ["", "ö\0", "日本語", None]),
            (TEXT, [b"\xff", b"", None]),
            (Kind_Blob(4), [b"\0\x80", None]),
            (Kind_Json(), ['{"a": 1}', None]),
        ]:
            column = Column(kind, encode(kind, values), len(values))
            self.assertEqual(list(column), values)
            self.assertEqual([column[row] for row in range(len(column))], values)
            self.assertEqual(column[-1], None)
            self.assertEqual(encode(kind, list(column)), column.cells)

    def test_nulls_have_bits_only_where_there_are_any(self):
        spans = types.Spans([0, 1, 1, 3], b"abc")
        self.assertEqual(encode(TEXT, ["a", None, "bc"]), types.Cells(b"\x05", types.Values_Utf8(spans)))
        nine = encode(Kind_Bit(8), [*range(8), None])
        self.assertEqual(nine, types.Cells(b"\xff\0", types.Values_U64s([*range(8), 0])))
        self.assertEqual(encode(Kind_Bit(8), range(9)).validity, b"")

    def test_what_a_kind_does_not_take_is_an_error(self):
        for kind, value, error in [
            (Kind_Bit(64), -1, "outside of 0"),
            (Kind_Int(IntKind(64, False)), 1 << 63, "outside of -9"),
            (Kind_Int(IntKind(8, False)), "1", "str for a column of whole numbers"),
            (Kind_Int(IntKind(8, False)), 1.0, "float for a column of whole numbers"),
            (kind_decimal(9, 2), Decimal("0.001"), "2 digits behind the point"),
            (kind_decimal(9, 2), Decimal("NaN"), "2 digits behind the point"),
            (kind_decimal(9, 2), 0.5, "decimal.Decimal"),
            (Kind_Date(), datetime.date(2024, 1, 1), "Calendar"),
            (Kind_Date(), Calendar(2024, 13, 1), "MySQL does not have"),
            (Kind_Time(0), 5, "timedelta"),
            (TEXT, 5, "int for a column"),
        ]:
            with self.subTest(kind=kind), self.assertRaisesRegex((TypeError, ValueError), error):
                encode(kind, [value])
        with self.assertRaisesRegex(TypeError, "str and bytes"):
            encode(TEXT, ["a", b"a"])

    def test_decimals_do_not_depend_on_the_authors_context(self):
        with decimal.localcontext(prec=3):
            column = Column(kind_decimal(65, 30), encode(kind_decimal(65, 30), [LARGEST]), 1)
            self.assertEqual(column[0], LARGEST)

    def test_dates_pack_sort_and_convert(self):
        odd = Calendar(2024, 0, 31, 23, 59, 58, 999_999)
        self.assertEqual(Calendar.unpack(odd.pack()), odd)
        self.assertLess(Calendar().pack(), odd.pack())
        moment = datetime.datetime(2024, 2, 29, 1, 2, 3, 4)
        self.assertEqual(Calendar.of(moment).to_datetime(), moment)
        east = datetime.timezone(datetime.timedelta(hours=2))
        self.assertEqual(Calendar.of(moment.replace(tzinfo=east)).hour, 23)
        self.assertEqual(Calendar.of(moment.date()), Calendar(2024, 2, 29))
        with self.assertRaises(ValueError):
            odd.to_datetime()


if __name__ == "__main__":
    unittest.main()
