"""Tables of metrics: the convention says which labels a row carries."""

import pytest

from otel_agents import semconv
from otel_agents.pipeline.call_rows import CALL_TABLES
from otel_agents.pipeline.rows import Row, Table, one
from otel_agents.pipeline.run_rows import (
    DECISION_TABLES,
    HANDOFF_TABLES,
    RUN_TABLES,
    TOOL_TABLES,
)

TABLES = (*CALL_TABLES, *TOOL_TABLES, *DECISION_TABLES, *HANDOFF_TABLES, *RUN_TABLES)


def test_a_row_takes_its_labels_from_the_key_in_the_order_of_the_convention() -> None:
    row: Row[object] = Row(semconv.METRIC_TOOL_CALLS, one, fixed={"otel_agents.tool.status": "ok"})
    key = {label: label.rpartition(".")[2] for label in semconv.METRIC_TOOL_CALLS.labels}
    key |= {label: label.rpartition(".")[2] for label in semconv.IDENTITY["agent"]}

    assert row.labels(key) == ("name", "name", "group", "name", "name", "ok", "effect", "external")


def test_a_table_names_its_key() -> None:
    table: Table[object] = Table(("a", "b"), lambda _: ("1", "2"), ())

    assert table.named(("1", "2")) == {"a": "1", "b": "2"}
    with pytest.raises(ValueError, match="shorter"):
        table.named(("1",))


def test_every_row_finds_all_its_labels_in_the_key_of_its_table() -> None:
    lacking = [
        (row.instrument.name, label)
        for table in TABLES
        for row in table.rows
        for label in (*semconv.IDENTITY[row.instrument.scope], *row.instrument.labels)
        if label not in row.fixed and label not in table.columns
    ]

    assert lacking == []
