"""OTLP/JSON files: one document, several, lines of them, or an array.

A document that fits into memory is decoded at once. A larger one is entered, down to its
single spans, so that its size does not matter.
"""

from collections.abc import Callable, Iterator
from typing import Final

from otel_agents.otlp import json as otlp_json
from otel_agents.otlp.json import FrameError, Json, Refuse
from otel_agents.otlp.limits import WHOLE_BYTES, size
from otel_agents.otlp.source import ByteStream
from otel_agents.otlp.text import JsonText
from otel_agents.record import Resource, Scope, SpanRecord

_SPANS: Final = ("resourceSpans", "resource_spans", "batches")  # the last is Grafana Tempo's
_OTHER_SIGNALS: Final = {
    "resourceMetrics": "metrics",
    "resource_metrics": "metrics",
    "resourceLogs": "logs",
    "resource_logs": "logs",
    "resourceProfiles": "profiles",
    "resource_profiles": "profiles",
}
_FOREIGN: Final = {
    "data": "Jaeger's JSON",
    "traceID": "Jaeger's JSON",
    "localEndpoint": "Zipkin's JSON",
    "traceId": "single spans, or Zipkin's JSON",
    "scopeSpans": "a ResourceSpans without its request",
}
_EXPECTED: Final = 'OTLP/JSON: {"resourceSpans": [...]}'


class DocumentReader:
    """Reads the documents of one text, one after the other."""

    def __init__(
        self, stream: ByteStream, refuse: Refuse, on_skipped: Callable[[str], None]
    ) -> None:
        """Call `refuse` with spans that cannot be read, `on_skipped` with other signals."""
        self._text = JsonText(stream)
        self._refuse = refuse
        self._on_skipped = on_skipped

    def read(self) -> Iterator[SpanRecord]:
        """Read all documents up to the end.

        Raises:
            InputError: One of them is no OTLP/JSON.
        """
        text = self._text
        while first := text.peek():
            if first == "[":
                for _ in text.elements("an array"):
                    yield from self._document()
            else:
                yield from self._document()

    def _document(self) -> Iterator[SpanRecord]:
        text = self._text
        if text.peek() != "{":
            raise text.unexpected(_EXPECTED)
        found = text.whole()
        if found is None:
            yield from self._entered_document()
            return
        try:
            yield from self._decoded_document(found.value)
        except FrameError as error:
            raise text.broken(str(error), text.position_of(found)) from None

    def _decoded_document(self, document: Json) -> Iterator[SpanRecord]:
        known = False
        for key, value in document.items() if isinstance(document, dict) else ():
            if key in _SPANS:
                known = True
                if not isinstance(value, list | None):
                    raise FrameError(key, f"got {otlp_json.shown(value)}, expected an array")
                for index, element in enumerate(value or ()):
                    path = f"{key}[{index}]"
                    yield from otlp_json.read_resource_spans(element, path, self._refuse)
            elif key in _OTHER_SIGNALS:
                known = True
                self._on_skipped(_OTHER_SIGNALS[key])
        if not known:
            raise FrameError("$", _foreign(list(document) if isinstance(document, dict) else []))

    def _entered_document(self) -> Iterator[SpanRecord]:
        text = self._text
        position = text.position
        seen = []
        known = False
        for key in text.keys("an object"):
            if key in _SPANS:
                known = True
                for index in self._elements(key):
                    yield from self._resource_spans(f"{key}[{index}]")
                continue
            if key in _OTHER_SIGNALS:
                known = True
                self._on_skipped(_OTHER_SIGNALS[key])
            seen.append(key)
            text.skip()
        if not known:
            raise text.broken(f"$: {_foreign(seen)}", position)

    def _resource_spans(self, path: str) -> Iterator[SpanRecord]:
        text = self._text
        found = text.whole()
        try:
            if found is None:
                yield from self._entered_resource_spans(path)
            else:
                yield from otlp_json.read_resource_spans(found.value, path, self._refuse)
        except FrameError as error:
            raise text.broken(str(error), text.position_of(found) if found else None) from None

    def _entered_resource_spans(self, path: str) -> Iterator[SpanRecord]:
        text = self._text
        resource = Resource({})
        begun = False
        for key in text.keys(f"{path} to be an object"):
            if key == "resource":
                self._first(key, path, begun=begun)
                resource = otlp_json.resource(text.value(f"{path}.resource"), f"{path}.resource")
            elif key in ("scopeSpans", "scope_spans"):
                begun = True
                for index in self._elements(f"{path}.{key}"):
                    yield from self._scope_spans(f"{path}.{key}[{index}]", resource)
            else:
                text.skip()

    def _scope_spans(self, path: str, resource: Resource) -> Iterator[SpanRecord]:
        text = self._text
        found = text.whole()
        if found is not None:
            yield from otlp_json.read_scope_spans(found.value, path, resource, self._refuse)
            return
        scope = Scope()
        begun = False
        for key in text.keys(f"{path} to be an object"):
            if key == "scope":
                self._first(key, path, begun=begun)
                scope = otlp_json.scope(text.value(f"{path}.scope"), f"{path}.scope")
            elif key == "spans":
                begun = True
                for index in self._elements(f"{path}.spans"):
                    where = f"{path}.spans[{index}]"
                    span = text.value(where)
                    record = otlp_json.record_or_refuse(span, where, scope, resource, self._refuse)
                    if record is not None:
                        yield record
            else:
                text.skip()

    def _elements(self, path: str) -> Iterator[int]:
        if self._text.peek() == "n" and self._text.value(path) is None:
            return iter(())
        return self._text.elements(f"{path} to be an array")

    def _first(self, what: str, path: str, *, begun: bool) -> None:
        if begun:
            raise self._text.broken(
                f"{path} is over {size(WHOLE_BYTES)} or broken, and names its {what} behind its"
                " spans; expected it before them, as every OTLP exporter writes it"
            )


def _foreign(keys: list[str]) -> str:
    for key, name in _FOREIGN.items():
        if key in keys:
            return f"this looks like {name}; expected {_EXPECTED}"
    shown = ", ".join(repr(key[:20]) for key in keys[:5]) or "no keys"
    return f"found an object with {shown}; expected {_EXPECTED}"
