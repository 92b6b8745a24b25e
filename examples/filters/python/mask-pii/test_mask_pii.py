import unittest

from tidegate_sdk import Kind_Varchar, Kind_Year, TextKind, encode, testing

from mask_pii import MaskPii, mask


class Tests(unittest.TestCase):
    def test_the_first_and_last_character_stay(self):
        pairs = [("", ""), ("ä", "ä"), ("ab", "ab"), ("ann@example", "a*********e"), ("日本語", "日*語")]
        for text, masked in pairs:
            self.assertEqual(mask(text), masked)

    def test_nulls_stay_nulls(self):
        kind = Kind_Varchar(TextKind("utf8mb4", 255, 20))
        table = testing.table("shop.users", {"id": Kind_Year(), "email": kind})
        filter = MaskPii({"columns": ["EMail"]})
        rows = testing.map_rows(filter, table, {"id": [1, 2], "email": ["abc", None]})
        self.assertEqual(filter.map_columns(rows), [encode(kind, ["a*c", None])])

    def test_an_image_without_the_column_stays_as_it_is(self):
        kind = Kind_Varchar(TextKind("utf8mb4", 255, 20))
        table = testing.table("shop.users", {"id": Kind_Year(), "email": kind})
        filter = MaskPii({"columns": ["email"]})
        self.assertEqual(filter.map_columns(testing.map_rows(filter, table, {"id": [1]})), [None])


if __name__ == "__main__":
    unittest.main()
