"""Answers whatever the contract allows. What it answers depends on the number in the column `n`, a row's facts and names;
the host's test says what is expected.
"""

from tidegate_sdk import (
    DROP,
    Answer,
    Cells,
    ColumnInfo,
    Filter,
    Image,
    Kind_Varchar,
    MapRows,
    Operations,
    Plan,
    Refuse,
    Rows,
    Statement,
    Table,
    TableName,
    TextKind,
    encode,
    warn,
)

TEXT = ColumnInfo("text", Kind_Varchar(TextKind("latin1", 0, 20)), True, False)


class Probe(Filter):
    name = "probe"
    version = "0.1.0"
    summary = "answers whatever the contract allows"
    tables = ["shop.*", "gone.*"]
    columns = ["n"]
    operations = Operations.INSERT | Operations.UPDATE | Operations.SCHEMA_CHANGE

    def routes(self, source: TableName, current: TableName) -> list[TableName] | None:
        if source.schema == "gone":
            return None
        if source.table == "wrong":
            raise ValueError(f"no name for {source.schema}.{source.table}")
        return [TableName("a", current.table), TableName("b", current.table)] if source.table else []

    def decide(self, table: Table) -> Plan:
        number, secret = table.need("n"), table.need("secret")
        plan = Plan.per_row().needing(number).wanting_facts().because("probed").because("twice")
        return plan.removing(table, secret).adding(table, TEXT).remembering(number)

    def rows(self, rows: Rows) -> Answer:
        gtids = rows.gtids()
        facts = list(zip(rows.commit_times(), rows.server_ids(), map(gtids.__getitem__, rows.transactions())))

        def verdicts(image: Image):
            for value, (time, server, gtid) in zip(rows.column(image, rows.memo), facts):
                yield DROP if value is None or time < 0 or server == 13 or gtid else verdict(value)

        return rows.verdicts(verdicts)

    def map_columns(self, rows: MapRows) -> list[Cells | None]:
        numbers = rows.column(rows.memo)
        if numbers is None:
            return [None]
        return [encode(TEXT.kind, [None if number is None else f"ä{number}" for number in numbers])]

    def judge(self, statement: Statement) -> list[bool] | str:
        warn(f"a statement: {statement.sql}")
        passes = []
        for element in statement.elements:
            if element.event == "truncate table":
                (current,) = element.current
                raise ValueError(f"{element.sql} at {statement.position} of {current.schema}.{current.table}")
            if element.event == "drop table":
                return f"{statement.sql} /* äh */"
            is_bad = element.renamed_to is not None and element.renamed_to.table == "bad"
            passes.append(element.event != "drop column" and not is_bad)
        return passes


def verdict(value: int) -> int | Refuse:
    if value < 0:
        return Refuse("below 0")
    if value == 0:
        return Refuse("nothing")
    if value == 777:
        raise ValueError("777 is too much")
    return value % 2
