"""Which spans are linked to."""

from otel_agents.pipeline.buffer.links import Links


def test_links_are_told_once_by_the_trace_that_they_lead_to() -> None:
    links = Links()
    links.note([(1, 5), (1, 6), (2, 5)])
    links.note([(1, 5)])

    assert len(links) == 3
    assert links.take(1) == {5, 6}
    assert links.take(1) == set()
    assert len(links) == 1


def test_past_the_bound_the_oldest_traces_are_forgotten() -> None:
    links = Links(max_linked=2)
    for trace_id in (1, 2, 3):
        links.note([(trace_id, 1)])

    assert [links.take(trace_id) for trace_id in (1, 2, 3)] == [set(), {1}, {1}]
    assert len(links) == 0
