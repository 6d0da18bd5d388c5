"""The lean view of OTLP: the fields that are read, and bytes where few readers look.

The messages are wire compatible with opentelemetry-proto's. They differ where it pays:
a request splits into raw spans without decoding them, attributes are a map from key to
undecoded value (the wire format of a repeated KeyValue is that of a map), and names are
bytes, so that invalid UTF-8 in one does not lose the span. Everything else stays unknown.
"""

from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_PACKAGE = "otel_agents.otlp"

_BYTES = FieldDescriptorProto.TYPE_BYTES
_STRING = FieldDescriptorProto.TYPE_STRING
_ENUM = FieldDescriptorProto.TYPE_INT32  # an open enum reads as the number that it is
_FIXED64 = FieldDescriptorProto.TYPE_FIXED64
_MANY = True
_ONE = False

_Field = tuple[str, int, "FieldDescriptorProto.Type.ValueType | str", bool]

_MESSAGES: dict[str, tuple[_Field, ...]] = {
    # TracesData and ExportTraceServiceRequest are one on the wire.
    "Request": (("resource_spans", 1, "ResourceSpans", _MANY),),
    "ResourceSpans": (("resource", 1, _BYTES, _ONE), ("scope_spans", 2, "ScopeSpans", _MANY)),
    "ScopeSpans": (("scope", 1, _BYTES, _ONE), ("spans", 2, _BYTES, _MANY)),
    "Resource": (("attributes", 1, _BYTES, _MANY),),
    "Scope": (("name", 1, _BYTES, _ONE), ("version", 2, _BYTES, _ONE)),
    "Span": (
        ("trace_id", 1, _BYTES, _ONE),
        ("span_id", 2, _BYTES, _ONE),
        ("parent_span_id", 4, _BYTES, _ONE),
        ("name", 5, _BYTES, _ONE),
        ("kind", 6, _ENUM, _ONE),
        ("start_time_unix_nano", 7, _FIXED64, _ONE),
        ("end_time_unix_nano", 8, _FIXED64, _ONE),
        ("attributes", 9, "Span.AttributesEntry", _MANY),
        ("events", 11, _BYTES, _MANY),
        ("status", 15, _BYTES, _ONE),
    ),
    # The same span for those whose attributes do not fit into a map.
    "PlainSpan": (
        ("trace_id", 1, _BYTES, _ONE),
        ("span_id", 2, _BYTES, _ONE),
        ("parent_span_id", 4, _BYTES, _ONE),
        ("name", 5, _BYTES, _ONE),
        ("kind", 6, _ENUM, _ONE),
        ("start_time_unix_nano", 7, _FIXED64, _ONE),
        ("end_time_unix_nano", 8, _FIXED64, _ONE),
        ("attributes", 9, _BYTES, _MANY),
        ("events", 11, _BYTES, _MANY),
        ("status", 15, _BYTES, _ONE),
    ),
    # Parts of a status may follow each other; together they are one.
    "Statuses": (("status", 15, _BYTES, _MANY),),
    "Status": (("code", 3, _ENUM, _ONE),),
    "Event": (("name", 2, _BYTES, _ONE), ("attributes", 3, _BYTES, _MANY)),
    "KeyValue": (("key", 1, _BYTES, _ONE), ("value", 2, _BYTES, _ONE)),
    "Values": (("values", 1, _BYTES, _MANY),),
}


def _declare(name: str, fields: tuple[_Field, ...], file: FileDescriptorProto) -> None:
    message = file.message_type.add(name=name)
    for field_name, number, kind, many in fields:
        field = message.field.add(
            name=field_name,
            number=number,
            label=FieldDescriptorProto.LABEL_REPEATED
            if many
            else FieldDescriptorProto.LABEL_OPTIONAL,
        )
        if isinstance(kind, str):
            field.type = FieldDescriptorProto.TYPE_MESSAGE
            field.type_name = f".{_PACKAGE}.{kind}"
        else:
            field.type = kind


def _build() -> DescriptorPool:
    file = FileDescriptorProto(name="otel_agents/otlp.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        _declare(name, fields, file)
    span = next(message for message in file.message_type if message.name == "Span")
    entry = span.nested_type.add(name="AttributesEntry")
    entry.options.map_entry = True
    one = FieldDescriptorProto.LABEL_OPTIONAL
    entry.field.add(name="key", number=1, type=_STRING, label=one)
    entry.field.add(name="value", number=2, type=_BYTES, label=one)
    pool = DescriptorPool()  # private: the names must not meet another schema's
    pool.Add(file)
    return pool


_POOL = _build()


def _message(name: str) -> Any:
    return GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


Request = _message("Request")
ResourceSpans = _message("ResourceSpans")
Resource = _message("Resource")
Scope = _message("Scope")
Span = _message("Span")
PlainSpan = _message("PlainSpan")
Statuses = _message("Statuses")
Status = _message("Status")
Event = _message("Event")
KeyValue = _message("KeyValue")
Values = _message("Values")
