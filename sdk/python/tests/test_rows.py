import unittest

from tidegate_sdk import (
    DROP,
    KEEP,
    Filter,
    Image,
    IntKind,
    Kind_Int,
    Kind_Varchar,
    Operation,
    Plan,
    Refuse,
    TextKind,
    Verdicts_Changes,
    Verdicts_Images,
    Verdicts_Selection,
    testing,
)
from wit_world.exports.filter import Produced_Input, Produced_Mapped

INT = Kind_Int(IntKind(64, False))
TABLE = testing.table("shop.orders", {"id": INT, "Account": Kind_Varchar(TextKind("utf8mb4", 255, 20))})


class Keeping(Filter):
    def decide(self, table):
        return Plan.keep()


def rows(operation: Operation, **images):
    return testing.rows(Keeping({}), TABLE, operation, **images)


class Tests(unittest.TestCase):
    def test_verdicts_per_image(self):
        def is_real(row):
            return row["account"] != "test"

        nine = ["a", "test", *"cdefgh", "test"]
        inserts = rows(Operation.INSERT, after={"account": nine})
        self.assertEqual(inserts.per_image(is_real).verdicts, Verdicts_Selection(b"\xfd\0"))
        changed = {"before": {"account": ["a", "test"]}, "after": {"account": ["test", "b"]}}
        answer = rows(Operation.UPDATE, **changed).per_image(is_real)
        self.assertEqual(answer.verdicts, Verdicts_Images(([KEEP, DROP], [DROP, KEEP])))

    def test_verdicts_per_change(self):
        def moves(before, after):
            return after["id"] - before["id"] if before["id"] else Refuse("no id")

        changed = {"before": {"id": [1, 1, 0, 0]}, "after": {"id": [1, 3, 5, 6]}}
        answer = rows(Operation.UPDATE, **changed).per_change(moves)
        self.assertEqual(answer.verdicts, Verdicts_Changes([0, 2, 0x8000_0000, 0x8000_0000]))
        self.assertEqual(answer.reasons, ["no id"])
        deleted = rows(Operation.DELETE, before={"id": [1]})
        self.assertEqual(deleted.per_change(lambda _, after: after is None).verdicts, Verdicts_Selection(b"\x01"))

    def test_a_wrong_verdict_is_an_error(self):
        inserts = rows(Operation.INSERT, after={"id": [1, 2]})
        for verdict in [-1, 0x8000_0000, "keep", None, 1.0]:
            with self.subTest(verdict=verdict), self.assertRaisesRegex(TypeError, "a verdict of the type"):
                inserts.per_image(lambda _, verdict=verdict: verdict)
        with self.assertRaisesRegex(ValueError, "1 verdicts for 2 rows"):
            inserts.verdicts(lambda _: [KEEP])

    def test_what_is_not_there_is_an_error(self):
        inserts = rows(Operation.INSERT, after={"id": [1]})
        with self.assertRaisesRegex(LookupError, "not in this image"):
            inserts.per_image(lambda row: row["account"])
        with self.assertRaisesRegex(LookupError, "no column `nowhere`"):
            inserts.per_image(lambda row: row["nowhere"])
        with self.assertRaisesRegex(LookupError, "no image BEFORE"):
            inserts.column(Image.BEFORE, 0)

    def test_mapped_columns_are_needed_and_new_ones_come_last(self):
        plan = Plan.keep().mapping(TABLE, [1]).adding(TABLE, TABLE.columns[0])
        produced = [column.produced for column in plan.columns]
        self.assertEqual(produced, [Produced_Input(0), Produced_Mapped(0), Produced_Mapped(1)])
        self.assertEqual(plan.needs, [1])


if __name__ == "__main__":
    unittest.main()
