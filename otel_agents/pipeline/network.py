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
            return _without_port(value)
    for key in URL_KEYS:
        value = record.get(key)
        if isinstance(value, str):
            try:
                return urlsplit(value).hostname
            except ValueError:
                return None
    return None


def _without_port(address: str) -> str:
    """Leave out the port of `host:port` and `[::1]:port`; a bare IPv6 address has none."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.rpartition(":")[0] if address.count(":") == 1 else address


def _is_loopback(host: str) -> bool:
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost") or name.startswith("/"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
