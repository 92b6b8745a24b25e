import unittest

from tidegate_sdk import Kind_Varchar, Kind_Year, Operation, TextKind, Verdicts_Selection, testing

from rule import Rule


class Tests(unittest.TestCase):
    def test_rows_of_test_accounts_are_dropped(self):
        text = Kind_Varchar(TextKind("utf8mb4", 255, 20))
        table = testing.table("shop.orders", {"id": Kind_Year(), "account": text})
        rule = Rule({"column": "Account", "prefix": "test_"})
        accounts = ["test_ann", "bob", None]
        rows = testing.rows(rule, table, Operation.INSERT, after={"id": [1, 2, 3], "account": accounts})
        self.assertEqual(rule.rows(rows).verdicts, Verdicts_Selection(bytes([0b110])))


if __name__ == "__main__":
    unittest.main()
