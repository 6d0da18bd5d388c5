"""Which spans leave the machine."""

import pytest

from otel_agents.pipeline.network import leaves_machine
from otel_agents.record import SpanKind, Value
from tests.trees import record

ADDRESSES: dict[str, bool] = {
    "api.openai.com": True,
    "api.openai.com:443": True,
    "10.0.0.5": True,
    "2001:db8::1": True,
    "[2001:db8::1]:443": True,
    "localhost": False,
    "LocalHost": False,
    "localhost.": False,
    "localhost:8080": False,
    "db.localhost": False,
    "127.0.0.1": False,
    "127.8.8.8:80": False,
    "::1": False,
    "[::1]": False,
    "[::1]:8080": False,
    "::ffff:127.0.0.1": False,
    "/var/run/docker.sock": False,
    "localhost.example.org": True,
}
URLS: dict[str, bool] = {
    "https://api.openai.com/v1": True,
    "http://127.0.0.1:80/": False,
    "http://[::1]:80/": False,
    "http://[::1": False,
    "/relative": False,
    "": False,
}


@pytest.mark.parametrize(("address", "leaves"), ADDRESSES.items())
@pytest.mark.parametrize("key", ["server.address", "net.peer.name", "http.host", "net.peer.ip"])
def test_addresses(key: str, address: str, leaves: bool) -> None:
    assert leaves_machine(record({key: address}, kind=SpanKind.CLIENT)) is leaves


@pytest.mark.parametrize(("url", "leaves"), URLS.items())
@pytest.mark.parametrize("key", ["url.full", "http.url"])
def test_urls(key: str, url: str, leaves: bool) -> None:
    assert leaves_machine(record({key: url}, kind=SpanKind.CLIENT)) is leaves


@pytest.mark.parametrize("kind", [kind for kind in SpanKind if kind is not SpanKind.CLIENT])
def test_only_a_client_leaves(kind: SpanKind) -> None:
    assert not leaves_machine(record({"server.address": "example.org"}, kind=kind))


@pytest.mark.parametrize("value", [None, "", 0, True, b"\xff", ["example.org"], {"a": 1}])
def test_what_is_no_address_leads_nowhere(value: Value) -> None:
    attributes = {"server.address": value, "url.full": value}

    assert not leaves_machine(record(attributes, kind=SpanKind.CLIENT))


def test_the_address_is_believed_before_the_url() -> None:
    attributes: dict[str, Value] = {"server.address": "::1", "url.full": "https://example.org"}

    assert not leaves_machine(record(attributes, kind=SpanKind.CLIENT))
