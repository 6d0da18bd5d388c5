"""What is known of one trace."""

from otel_agents.pipeline.trace_tally import TraceTally


def test_a_trace_begins_empty_and_shares_nothing() -> None:
    first, second = TraceTally(born_ns=5), TraceTally()
    first.parents[1] = 0
    first.note_client(1)

    assert (first.born_ns, first.parents, first.clients) == (5, {1: 0}, [1])
    assert (second.parents, second.spans, second.clients, second.pending) == ({}, {}, None, False)


def test_clients_are_noted_in_order() -> None:
    trace = TraceTally()
    for span_id in (3, 1, 2):
        trace.note_client(span_id)

    assert trace.clients == [3, 1, 2]
