"""How fast `inspect` is: µs a span by step, the whole command, and a peer beside it.

    python -m benchmarks.inspection [SPANS]

The peer asks the same question the plain way: opentelemetry-proto's full parse, attributes as
dicts, and genai-prices' own calc_price for each model call. It only adds up; it does not join
layers, keep traces or know a dialect other than OpenTelemetry's newest.
"""

import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median

from benchmarks.corpus import requests
from otel_agents.errors import SpanRefused
from otel_agents.otlp.files import read
from otel_agents.pipeline.inspection import Inspection
from otel_agents.pipeline.normalize import Normalizer
from otel_agents.pipeline.price import Pricer
from otel_agents.pipeline.tally import Options, Tally
from otel_agents.pricing import PriceBook

SAMPLE = 60_000
ROUNDS = 5


def refuse(refusal: SpanRefused) -> None:
    """Stop: the corpus holds no bad span."""
    raise refusal


def reading(path: Path, _: PriceBook) -> None:
    """Read."""
    for _record in read(path, on_refused=refuse):
        pass


def normalizing(path: Path, _: PriceBook) -> None:
    """Read, recognise, normalise."""
    normalize = Normalizer().normalize
    for record in read(path, on_refused=refuse):
        normalize(record)


def counting(path: Path, _: PriceBook) -> None:
    """Read, recognise, normalise, count."""
    _settle(path, Tally(Options(delay_ns=None), price=lambda _: None))


def pricing(path: Path, book: PriceBook) -> None:
    """Read, recognise, normalise, count, price."""
    _settle(path, Tally(Options(delay_ns=None), price=Pricer(book).rate))


def reporting(path: Path, book: PriceBook) -> None:
    """Do all that `inspect` does, without starting a process."""
    inspection = Inspection(book)
    for record in read(path, on_refused=refuse):
        inspection.take(record)
    inspection.finish()


def _settle(path: Path, tally: Tally) -> None:
    normalize = Normalizer().normalize
    for record in read(path, on_refused=refuse):
        tally.offer(record, normalize(record), 0)
    for _counted in tally.drain():
        pass


# Ever longer parts of the way; each costs what the one before does and its own.
STEPS: dict[str, Callable[[Path, PriceBook], None]] = {
    "read": reading,
    "recognise, normalise": normalizing,
    "count": counting,
    "price": pricing,
    "report": reporting,
}


def cpu_s(work: Callable[[Path, PriceBook], None], path: Path, book: PriceBook) -> float:
    """Return the processor time of one run."""
    begun = time.process_time()
    work(path, book)
    return time.process_time() - begun


def by_step(path: Path, spans: int) -> None:
    """Print the steps' medians, interleaved so that a slow minute hits all of them."""
    gc.disable()
    book = PriceBook()
    reporting(path, book)
    rounds = [{name: cpu_s(run, path, book) for name, run in STEPS.items()} for _ in range(ROUNDS)]
    before = 0.0
    for name in STEPS:
        micros = median(each[name] for each in rounds) / spans * 1e6
        print(f"  {name:22} {micros - before:6.2f} µs a span")
        before = micros
    print(f"  {'all of it':22} {before:6.2f} µs a span")
    gc.enable()


def whole(command: list[str]) -> tuple[float, float]:
    """Return a command's processor seconds and peak megabytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, after.ru_maxrss / 1024


def peer(path: Path) -> None:
    """Ask what was spent with opentelemetry-proto and genai-prices alone."""
    from genai_prices import Usage, calc_price
    from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

    data = TracesData.FromString(path.read_bytes())
    cost, calls = Decimal(0), 0
    for resource_spans in data.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                found = {
                    pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "int_value")
                    for pair in span.attributes
                }
                if found.get("gen_ai.operation.name") not in ("chat", "embeddings"):
                    continue
                calls += 1
                usage = Usage(
                    input_tokens=found.get("gen_ai.usage.input_tokens"),
                    output_tokens=found.get("gen_ai.usage.output_tokens"),
                    cache_read_tokens=found.get("gen_ai.usage.cache_read.input_tokens"),
                )
                model = found.get("gen_ai.response.model") or found.get("gen_ai.request.model")
                try:
                    cost += calc_price(usage, model_ref=str(model)).total_price
                except LookupError:
                    continue
    print(calls, cost)


def main() -> None:
    """Measure."""
    if sys.argv[1:2] == ["--peer"]:
        peer(Path(sys.argv[2]))
        return
    spans = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        sample, path = Path(folder, "sample.pb"), Path(folder, "spans.pb")
        sampled, written = _write(sample, SAMPLE), _write(path, spans)
        print(f"by step, {sampled:,} spans, median of {ROUNDS} rounds, processor time:")
        by_step(sample, sampled)
        part = Path(folder, "part.pb")
        part_spans = _write(part, min(spans, 200_000))
        print("as whole processes:")
        ours_s, ours_mb = whole(
            [sys.executable, "-m", "otel_agents.cli", "inspect", "--format", "json", str(path)]
        )
        print(f"  inspect, {written:,} spans: {written / ours_s:,.0f} spans/s, {ours_mb:,.0f} MB")
        here = [sys.executable, "-m", "benchmarks.inspection", "--peer", str(part)]
        theirs_s, theirs_mb = whole(here)
        peer_rate = part_spans / theirs_s
        print(f"  peer, {part_spans:,} spans: {peer_rate:,.0f} spans/s, {theirs_mb:,.0f} MB")
        print(f"  ratio: {(written / ours_s) / peer_rate:.2f} times the peer")


def _write(path: Path, spans: int) -> int:
    written = 0
    with path.open("wb") as file:
        for request in requests(spans):
            file.write(request.SerializeToString())
            written += sum(len(s.spans) for r in request.resource_spans for s in r.scope_spans)
    return written


if __name__ == "__main__":
    main()
