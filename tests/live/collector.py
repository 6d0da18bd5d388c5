"""A real Collector on loopback: started, ready, sent to, stopped."""

import json
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self, TypeAlias

Config: TypeAlias = dict[str, Any]

READY = "Everything is ready. Begin running and processing data."
STOPPING = "Starting shutdown..."
DEAF = ("sh", "-c", 'trap "" INT; exec "$@"', "otelcol")
"""Starts it so that SIGINT is ignored until it listens: it says that it is ready before that."""

START_S = 30
STOP_S = 60
HOST = "127.0.0.1"
TAKEN_WHOLE = {b"\n\x00", b'{"partialSuccess":{}}'}
"""What is answered, as protobuf and as JSON, where no span was rejected."""


def free_ports(number: int) -> list[int]:
    """Find ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def pipelines(
    parts: Mapping[str, Mapping[str, Config]], traces: Mapping[str, Config], port: int
) -> Config:
    """Write a configuration that receives OTLP over HTTP and runs these trace pipelines."""
    protocols = {"http": {"endpoint": f"{HOST}:{port}"}}
    quiet = {"metrics": {"level": "none"}, "logs": {"level": "info"}}
    return {
        "receivers": {"otlp": {"protocols": protocols}},
        **parts,
        "service": {
            "telemetry": quiet,
            "pipelines": {
                f"traces/{name}": {"receivers": ["otlp"], **steps} for name, steps in traces.items()
            },
        },
    }


class Collector:
    """One process of it, from `with` to the end of the block.

    Attributes:
        log: What it said.
    """

    def __init__(
        self, program: Path, config: Config, folder: Path, *, gates: Sequence[str] = ()
    ) -> None:
        """Write the configuration, as JSON, which is YAML.

        Args:
            program: The Collector.
            config: Its configuration.
            folder: Where the configuration is written.
            gates: Feature gates to open.
        """
        path = folder / "otelcol.json"
        path.write_text(json.dumps(config))
        self._command = [*DEAF, str(program), "--config", str(path)]
        if gates:
            self._command.append(f"--feature-gates={','.join(gates)}")
        endpoint = config["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
        self._port = int(endpoint.rpartition(":")[2])
        self._said = {text: Event() for text in (READY, STOPPING)}
        self.log: list[str] = []

    def __enter__(self) -> Self:
        """Start it, and wait until it is ready."""
        self._process = subprocess.Popen(
            self._command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._said[READY].wait(START_S)
        if not any(READY in line for line in self.log):
            self._process.kill()
            self._end()
            raise AssertionError("otelcol did not start:\n" + "\n".join(self.log[-5:]))
        self._connection = HTTPConnection(HOST, self._port, timeout=STOP_S)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it; what it holds undecided or unwritten is decided and written by that."""
        self._connection.close()
        while not self._said[STOPPING].is_set():
            self._process.send_signal(signal.SIGINT)
            self._said[STOPPING].wait(0.1)
        self._end()
        assert self._process.returncode == 0, (self._process.returncode, self.log[-5:])

    def post(self, body: bytes, kind: str = "application/x-protobuf") -> None:
        """Send one export request, which must be taken whole."""
        self._connection.request("POST", "/v1/traces", body, {"Content-Type": kind})
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status == HTTPStatus.OK, said
        assert said in TAKEN_WHOLE, said

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as lines:
            for line in lines:
                self.log.append(line.rstrip())
                for text, said in self._said.items():
                    if text in line:
                        said.set()
        for said in self._said.values():
            said.set()  # it says no more, so nobody needs to wait

    def _end(self) -> None:
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._listener.join(STOP_S)


def refusal(program: Path, config: Config, folder: Path) -> str:
    """Start one that must not start; return what it said."""
    try:
        with Collector(program, config, folder):
            pass
    except AssertionError as error:
        return str(error)
    return ""
