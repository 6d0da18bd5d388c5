"""Where chance comes from: W3C tracestate, the conversation, the trace id.

Nothing is drawn: two processes that decide on one trace must agree.
"""

import re
from hashlib import sha256
from typing import Final, NamedTuple

from otel_agents.pipeline.policies.threshold import NEVER, rv_parse, th_hex, th_parse

MAX_MEMBERS: Final = 32
"""Members of a tracestate (W3C Trace Context, tracestate list)."""

MAX_OT: Final = 256
"""Characters of the `ot` member's value."""

MASK: Final = NEVER - 1
_REMEMBERED = 1024
_SYSTEM = r"[a-z][a-z0-9_\-*/]"
_MEMBER = re.compile(
    rf"[ \t]*({_SYSTEM}{{0,255}}|[a-z0-9][a-z0-9_\-*/]{{0,240}}@{_SYSTEM}{{0,13}})"
    r"=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])[ \t]*"
)
"""A member of a tracestate (W3C Trace Context, list-member)."""


class Ot(NamedTuple):
    """What the `ot` member of a tracestate says.

    Attributes:
        rv: Explicit randomness, None where it has none or a malformed one.
        th: The threshold that the trace has passed, None likewise.
    """

    rv: int | None = None
    th: int | None = None


NO_OT: Final = Ot()
_read: dict[str, Ot] = {}


def ot_of(trace_state: str) -> Ot:
    """Return what a tracestate says about sampling."""
    if not trace_state or "ot=" not in trace_state:
        return NO_OT
    found = _read.get(trace_state)
    if found is None:
        # The tracestate comes from the wire; what is remembered of it stays bounded.
        if len(_read) >= _REMEMBERED:
            _read.clear()
        found = _read[trace_state] = _parse(trace_state)
    return found


def members(trace_state: str) -> list[tuple[str, str]]:
    """Return the members of a tracestate, as keys and values."""
    pairs = (member.strip(" \t").partition("=") for member in trace_state.split(","))
    return [(key, value) for key, equals, value in pairs if key and equals]


def vendor_value(trace_state: str, key: str) -> str | None:
    """Return what a tracestate says under a key, "" where it says nothing.

    One broken member, or a key that comes twice, makes the whole of it invalid: None.
    """
    found: dict[str, str] = {}
    for text in filter(None, trace_state.split(",")):
        member = _MEMBER.fullmatch(text)
        if member is None or member[1] in found:
            return None
        found[member[1]] = member[2]
    return found.get(key, "") if len(found) <= MAX_MEMBERS else None


def _parse(trace_state: str) -> Ot:
    value = next((value for key, value in members(trace_state) if key == "ot"), "")
    if len(value) > MAX_OT:
        return NO_OT
    said = dict(_fields(value))
    return Ot(rv_parse(said.get("rv", "")), th_parse(said.get("th", "")))


def _fields(value: str) -> list[tuple[str, str]]:
    pairs = (field.partition(":") for field in value.split(";"))
    return [(key, text) for key, colon, text in pairs if colon]


def of_conversation(conversation: str) -> int:
    """Return the randomness of all traces of a conversation.

    The last 7 bytes of the SHA-256 of its id in UTF-8, which any language has at hand.
    """
    return int.from_bytes(sha256(conversation.encode("utf-8", "surrogatepass")).digest()[-7:])


def of_trace(trace_id: int) -> int:
    """Return the randomness of a trace id: its last 56 bits."""
    return trace_id & MASK


def with_threshold(trace_state: str, threshold: int | None, rv: int | None = None) -> str:
    """Return the tracestate of a kept span.

    Args:
        trace_state: As it came.
        threshold: What it was kept by. A stricter one that is there stays; None means that
            nobody knows how likely it was, and takes away the one that is there.
        rv: Randomness to write where there is none.
    """
    others = members(trace_state)
    value = next((value for key, value in others if key == "ot"), "")
    fields = dict(_fields(value)) if len(value) <= MAX_OT else {}
    came = th_parse(fields.pop("th", ""))
    came_rv = fields.pop("rv", "")
    ours: dict[str, str] = {}
    if rv_parse(came_rv) is not None:
        ours["rv"] = came_rv
    elif rv is not None:
        ours["rv"] = f"{rv:014x}"
    if threshold is not None:
        ours["th"] = th_hex(threshold if came is None else max(came, threshold))
    kept = [(key, text) for key, text in others if key != "ot"]
    written = ";".join(f"{key}:{text}" for key, text in (ours | fields).items())
    if written:
        # A member that changed moves to the front (W3C Trace Context, mutating).
        kept.insert(0, ("ot", written))
    return ",".join(f"{key}={text}" for key, text in kept[:MAX_MEMBERS])
