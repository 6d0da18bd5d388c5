"""Which spans are calls to another system over the network."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from otel_agents import semconv
from otel_agents.record import SpanKind, SpanRecord

HOST_KEYS = (semconv.SERVER_ADDRESS, "net.peer.name", "http.host", "net.peer.ip")
URL_KEYS = (semconv.URL_FULL, "http.url")


def leaves_machine(record: SpanRecord) -> bool:
    """Whether a span is a client call to a host that is not this machine."""
    if record.kind != SpanKind.CLIENT:
        return False
    host = _host(record)
    return host is not None and not _is_loopback(host)


def _host(record: SpanRecord) -> str | None:
    for key in HOST_KEYS:
        value = record.get(key)
        if isinstance(value, str) and value:
            return value.rpartition(":")[0] if value.count(":") == 1 else value
    for key in URL_KEYS:
        value = record.get(key)
        if isinstance(value, str):
            try:
                return urlsplit(value).hostname
            except ValueError:
                return None
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
