import json
import unittest
from unittest import mock

from componentize_py_types import Err
from tidegate_sdk import Filter, Kind_Year, Operation, Plan, TableName, testing
from tidegate_sdk import guest
from wit_world.exports import filter as contract
from wit_world.imports import row_set, types

TABLE = testing.table("s.t", {"a": Kind_Year()})
NAME = TableName("s", "t")


class Careful(Filter):
    name = "careful"
    version = "1"
    summary = "answers"

    def __init__(self, settings):
        self.fault = settings.get("fault")
        self.decided = 0
        self.judged = settings.get("judged", [])

    def routes(self, source, current):
        if self.fault == "exit":
            raise SystemExit(3)
        return [current]

    def decide(self, table):
        self.decided += 1
        return None if self.fault == "nothing" else Plan.per_row().remembering(self.decided)

    def judge(self, statement):
        return self.judged

    def rows(self, rows):
        return rows.verdicts(lambda _: [rows.memo] * len(rows))


def configured(**settings):
    exported = guest.export(Careful)()
    exported.configure(json.dumps(settings))
    return exported


def header(table_id: int) -> types.Header:
    return types.Header(NAME, table_id, Operation.INSERT, 1)


class Tests(unittest.TestCase):
    def test_whatever_is_raised_becomes_an_answer(self):
        for ask, fault, text in [
            (lambda exported: exported.routes(NAME, NAME), "exit", "SystemExit: 3 .*test_guest.py"),
            (lambda exported: exported.decide(TABLE), "nothing", "`decide` answered with NoneType; Plan is wanted"),
            (lambda exported: exported.map_columns(header(1)), None, "no `map_columns`"),
        ]:
            exported = configured(fault=fault)
            with mock.patch.object(row_set, "describe", lambda: TABLE), self.assertRaises(Err) as raised:
                ask(exported)
            self.assertRegex(raised.exception.value, text)
        with self.assertRaises(Err) as raised:
            guest.export(Careful)().routes(NAME, NAME)
        self.assertIn("`configure` was not called", raised.exception.value)

    def test_a_text_is_another_statement_and_a_list_is_verdicts(self):
        statement = contract.Statement("DROP TABLE t", "s", [], "binlog.000001:4")
        self.assertEqual(
            configured(judged="DROP TABLE u").judge(statement), contract.StatementAnswer_Rewritten("DROP TABLE u")
        )
        self.assertEqual(configured(judged=[True]).judge(statement), contract.StatementAnswer_Elements([True]))
        with self.assertRaises(Err):
            configured(judged=["DROP TABLE u"]).judge(statement)

    def test_tables_are_remembered_by_id_and_not_without_end(self):
        exported = configured()

        def decided(table_id):
            return exported.rows(header(table_id)).verdicts.value[0]

        with mock.patch.object(row_set, "describe", lambda: TABLE), mock.patch.object(guest, "TABLES_MAX", 2):
            self.assertEqual([decided(table) for table in (7, 8, 7, 8, 9, 7)], [1, 2, 1, 2, 3, 4])

    def test_a_class_that_is_no_filter_is_refused(self):
        class Nameless(Filter):
            version = "1"

        with self.assertRaisesRegex(TypeError, "Nameless has no `name`, `summary`"):
            guest.export(Nameless)
        with self.assertRaisesRegex(TypeError, "derived from"):
            guest.export(dict)


if __name__ == "__main__":
    unittest.main()
