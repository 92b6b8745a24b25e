import unittest

from tidegate_sdk import (
    Element,
    IntKind,
    Kind_Int,
    Kind_Varchar,
    Statement,
    TableName,
    TextKind,
    encode,
    testing,
)

from column_mapping import ColumnMapping
from pattern import Pattern

BIGINT = Kind_Int(IntKind(64, False))
TEXT = Kind_Varchar(TextKind("utf8mb4", 255, 20))


def mapping(expression: str, arguments: list[str], **changed: str) -> ColumnMapping:
    rule = {"schema-pattern": "shop_*", "table-pattern": "t_*", "target-column": "id"}
    return ColumnMapping([rule | {"expression": expression, "arguments": arguments} | changed])


def mapped(filter: ColumnMapping, name: str, kind, ids: list) -> list:
    table = testing.table(name, {"id": kind, "note": TEXT})
    (cells,) = filter.map_columns(testing.map_rows(filter, table, {"id": ids}))
    return cells


class Tests(unittest.TestCase):
    def test_a_partition_id_holds_instance_schema_and_table(self):
        filter = mapping("partition id", ["1", "shop", "t", "_"])
        expected = 1 << 59 | 3 << 52 | 7 << 44
        cells = mapped(filter, "shop_3.t_7", Kind_Int(IntKind(32, True)), [0, 4_294_967_295])
        self.assertEqual(cells, encode(BIGINT, [expected, expected | 4_294_967_295]))
        self.assertEqual(mapped(filter, "Shop_3.T_7", TEXT, ["5"]), encode(TEXT, [str(expected | 5)]))

    def test_an_empty_argument_moves_the_next_fields_up(self):
        filter = mapping("partition id", ["", "", "t", "_"])
        self.assertEqual(mapped(filter, "shop_3.t_7", BIGINT, [5]), encode(BIGINT, [7 << 55 | 5]))

    def test_prefixes_and_suffixes(self):
        filter = mapping("add prefix", ["de:"])
        self.assertEqual(mapped(filter, "shop_3.t_7", TEXT, ["", "ö"]), encode(TEXT, ["de:", "de:ö"]))
        filter = mapping("add suffix", ["!"])
        self.assertEqual(mapped(filter, "shop_3.t_7", TEXT, ["a"]), encode(TEXT, ["a!"]))

    def test_a_mapped_integer_becomes_a_bigint(self):
        table = testing.table("shop_3.t_7", {"id": Kind_Int(IntKind(8, True)), "note": TEXT})
        plan = mapping("partition id", ["1", "shop", "t", "_"]).decide(table)
        self.assertEqual([column.column.kind for column in plan.columns], [BIGINT, TEXT])

    def test_what_cannot_be_mapped_is_an_error(self):
        partition = mapping("partition id", ["1", "shop", "t", "_"])
        for name, kind, ids, message in [
            ("shop_3.t_7", BIGINT, [1 << 44], "outside of 0"),
            ("shop_3.t_7", BIGINT, [-1], "outside of 0"),
            ("shop_3.t_7", BIGINT, [None], "a NULL"),
            ("shop_3.t_7", TEXT, ["x"], "not an integer"),
            ("shop_3.t_256", BIGINT, [1], "below 256"),
            ("shop_128.t_1", BIGINT, [1], "below 128"),
            ("shop_x.t_1", BIGINT, [1], "no `shop_`"),
        ]:
            with self.subTest(name=name, ids=ids), self.assertRaisesRegex(ValueError, message):
                mapped(partition, name, kind, ids)
        with self.assertRaisesRegex(ValueError, "wants a text column"):
            mapped(mapping("add prefix", ["x"]), "shop_3.t_7", BIGINT, [1])
        with self.assertRaisesRegex(ValueError, "0 to 15"):
            mapping("partition id", ["16", "", ""])

    def test_a_table_has_the_rule_that_is_closest(self):
        wide = {"schema-pattern": "*", "target-column": "note", "expression": "add suffix", "arguments": ["."]}
        own = wide | {"schema-pattern": "shop", "table-pattern": "t?"}
        filter = ColumnMapping([wide, own])
        self.assertEqual(filter.rule_of(TableName("shop", "t1")).number, 1)
        self.assertEqual(filter.rule_of(TableName("shop", "u")).number, 0)
        self.assertEqual(filter.rule_of(TableName("shop", "")).number, 0)
        with self.assertRaisesRegex(ValueError, "mappings 0 and 1 all match shop.u"):
            ColumnMapping([wide, wide]).rule_of(TableName("shop", "u"))

    def test_a_schema_change_of_a_mapped_table_stops(self):
        filter = mapping("add prefix", ["x"])
        for name, stops in [("t_7", True), ("u", False)]:
            element = Element("drop column", TableName("shop_3", name), [], None, "DROP COLUMN a")
            statement = Statement("ALTER TABLE …", "shop_3", [element], "binlog.000001:4")
            if stops:
                with self.assertRaisesRegex(ValueError, "`drop column` changes"):
                    filter.judge(statement)
            else:
                self.assertEqual(filter.judge(statement), [])

    def test_patterns_match_as_in_dm(self):
        for pattern, name, expected in [
            ("doc*", "Document", True),
            ("doc*", "dodo", False),
            ("t?", "t1", True),
            ("t?", "t12", False),
            ("t[0-63]", "t5", True),
            ("t[0-63]", "t63", False),
            ("t[!a-c]", "tb", False),
            ("t[!]", "t!", True),
            ("a.c", "abc", False),
        ]:
            self.assertEqual(Pattern(pattern).matches(name), expected, pattern)
        for pattern in ["", "do*c", "t[ab", "t[]"]:
            with self.assertRaises(ValueError):
                Pattern(pattern)


if __name__ == "__main__":
    unittest.main()
