"""The lean messages must read what opentelemetry-proto's write."""

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from otel_agents.otlp import schema

NAMES_OF_THEIRS: dict[str, type[Message]] = {
    "Request": trace_pb2.TracesData,
    "ResourceSpans": trace_pb2.ResourceSpans,
    "Resource": resource_pb2.Resource,
    "Scope": common_pb2.InstrumentationScope,
    "Span": trace_pb2.Span,
    "PlainSpan": trace_pb2.Span,
    "Statuses": trace_pb2.Span,
    "Status": trace_pb2.Status,
    "Event": trace_pb2.Span.Event,
    "KeyValue": common_pb2.KeyValue,
    "Values": common_pb2.ArrayValue,
}


@pytest.mark.parametrize("name", NAMES_OF_THEIRS)
def test_every_field_has_the_number_that_the_protocol_gives_its_name(name: str) -> None:
    ours = getattr(schema, name).DESCRIPTOR.fields_by_name
    theirs = NAMES_OF_THEIRS[name].DESCRIPTOR.fields_by_name

    assert {field: ours[field].number for field in ours} == {
        field: theirs[field].number for field in ours
    }


def test_a_span_with_an_invalid_name_is_still_parsed() -> None:
    assert schema.Span.FromString(b"\x2a\x02\xff\xfe").name == b"\xff\xfe"
