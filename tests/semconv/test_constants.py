import subprocess
import sys
from collections import Counter
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agents import semconv
from otel_agents.semconv import Generation, Instrument
from semconv.constants import constant, member
from semconv.source import read_upstream

UPSTREAM = read_upstream()
# name | kind | unit | labels beside identity | scope | door; `*` marks a name of upstream.
METRICS = """
*invoke_agent.duration                            | histogram | s      | error.type channel          | agent   | both
decision.duration                                 | histogram | s      | decision.type               | agent   | both
agent.runs                                        | counter   | {run}  | run.outcome run.nested channel agent.version | agent | both
tool.calls                                        | counter   | {call} | tool.name tool.status tool.effect tool.external | agent | both
*client.inference.usage.input_tokens              | counter   | {token} | provider.name request.model | agent  | both
*client.inference.usage.output_tokens             | counter   | {token} | provider.name request.model | agent  | both
*client.inference.usage.cache_read.input_tokens   | counter   | {token} | provider.name request.model | agent  | both
*client.inference.usage.cache_write.input_tokens  | counter   | {token} | provider.name request.model | agent  | both
*client.inference.usage.reasoning.output_tokens   | counter   | {token} | provider.name request.model | agent  | both
usage.cost                                        | counter   | {USD}  | provider.name request.model channel | agent | both
usage.unpriced_calls                              | counter   | {call} | usage.unpriced_reason       | agent   | both
usage.unattributed_calls                          | counter   | {call} |                             | agent   | both
context.calls                                     | counter   | {call} | context.band                | agent   | both
context.tokens                                    | gauge     | {token} | request.model              | agent   | both
context.limit                                     | gauge     | {token} | request.model              | agent   | both
run.limit_exceeded                                | counter   | {run}  | run.limit                   | agent   | both
run.loops                                         | counter   | {loop} |                             | agent   | both
escalations                                       | counter   | {escalation} |                       | agent   | both
handoffs                                          | counter   | {handoff} | handoff.to               | agent   | both
events                                            | counter   | {event} | event.type                 | agent   | both
agent.last_seen                                   | gauge     | s      |                             | agent   | both
agent.active                                      | gauge     | {run}  |                             | agent   | sdk
agent.stalled                                     | gauge     | {run}  |                             | agent   | sdk
agent.info                                        | gauge     |        | agent.version agent.config_hash prompt.version result.variant | agent | both
*client.inference.duration                        | histogram | s      | provider.name request.model error.type | group | both
*client.inference.time_to_first_chunk             | histogram | s      | provider.name request.model error.type | group | both
*execute_tool.duration                            | histogram | s      | tool.name error.type        | group   | both
*mcp.client.operation.duration                    | histogram | s      | method.name                 | group   | both
*invoke_agent.inference_calls                     | histogram | {inference_call} |                   | group   | both
*invoke_agent.tool_calls                          | histogram | {tool_call} |                        | group   | both
agent.run.cost                                    | histogram | {USD}  |                             | group   | both
agent.run.tokens                                  | histogram | {token} |                            | group   | both
agent.run.steps                                   | histogram | {step} |                             | group   | both
run.time                                          | counter   | s      | time.kind                   | group   | both
task.cost                                         | counter   | {USD}  | task.type request.model route.expected | group | both
task.tokens                                       | counter   | {token} | task.type request.model route.expected | group | both
task.runs                                         | counter   | {run}  | task.type request.model route.expected | group | both
tenant.cost                                       | counter   | {USD}  | tenant                      | group   | both
quota.rate_limited                                | counter   | {call} | provider.name request.model | group   | both
retries                                           | counter   | {call} | provider.name request.model | group   | both
group.queued                                      | gauge     | {task} |                             | group   | both
sampling.traces                                   | counter   | {trace} | sampling.decision sampling.policy sampling.trigger | process | both
sampling.spans                                    | counter   | {span} | sampling.decision sampling.policy sampling.trigger | process | both
spans                                             | counter   | {span} | span.state                  | process | both
spans.undecided                                   | gauge     | {span} |                             | process | both
spans.queued                                      | gauge     | {span} |                             | process | both
series.overflow                                   | counter   | {measurement} | metric.name          | process | both
internal.errors                                   | counter   | {error} | internal.where             | process | both
"""  # noqa: E501  # a table reads best with its rows whole
ENUMS = """
ToolStatus: ok error timeout denied cancelled
ToolEffect: read write destructive unknown
RunOutcome: completed failed gave_up iteration_limit timed_out suspended cancelled unknown
RunLimit: tokens cost steps duration conversation_tokens iterations
UnpricedReason: no_model unknown_model unknown_provider self_hosted no_usage
ContextBand: <50 <75 <90 <100 exceeded
TimeKind: model retrieval tool wait other
SamplingTrigger: root idle max_age span_limit byte_limit evicted shutdown early late
SamplingDecision: kept dropped
SpanState: accepted replayed refused dropped sent failed
Channel: stable canary
CostSource: provider local ledger
EventType: agent_initialized decision_made tool_call_failed agent_state_corrupted
 context_window_exceeded other
ErrorClass: timeout rate_limited authentication permission invalid_request not_found
 content_filter context_exceeded connection server_error cancelled other
Generation: 1.36 1.37 genai
"""
THRESHOLDS_S = (10, 30)
# About 2.2 on an idle core; a busy one must not fail the test.
IMPORT_LIMIT_MS = 8.0


def row_of(instrument: Instrument) -> str:
    upstream = instrument.upstream_name
    name = instrument.name.removeprefix("otel_agents.")
    labels = [".".join(label.split(".")[-2:]) for label in instrument.labels]
    labels = [label.removeprefix("otel_agents.") for label in labels]
    cells = (
        f"{'*' if upstream else ''}{name}",
        instrument.kind,
        instrument.unit,
        " ".join(labels),
        instrument.scope,
        instrument.door,
    )
    return " | ".join(cells)


def test_every_metric_of_the_design_is_there_with_its_labels_and_no_other() -> None:
    expected = {
        " | ".join(cell.strip() for cell in line.split("|"))
        for line in METRICS.strip().splitlines()
    }

    assert expected == {row_of(instrument) for instrument in semconv.INSTRUMENTS}


def test_names_of_metrics_are_unique_and_upstream_names_are_upstreams() -> None:
    names = Counter(i.name for i in semconv.INSTRUMENTS)
    upstream = [i.upstream_name for i in semconv.INSTRUMENTS if i.upstream_name]

    assert names.most_common(1)[0][1] == 1
    assert len(set(upstream)) == len(upstream)
    assert set(upstream) <= set(UPSTREAM.metrics)
    assert all(name.startswith("otel_agents.") for name in names)


def test_only_histograms_have_buckets_and_every_default_threshold_is_one() -> None:
    for instrument in semconv.INSTRUMENTS:
        assert (instrument.kind == "histogram") == bool(instrument.buckets)
        if instrument.kind == "histogram" and instrument.unit == "s":
            assert set(THRESHOLDS_S) <= set(instrument.buckets)
    assert 0.5 in semconv.METRIC_AGENT_RUN_COST.buckets
    assert 5_000 in semconv.METRIC_AGENT_RUN_TOKENS.buckets
    assert 50 in semconv.METRIC_INVOKE_AGENT_TOOL_CALLS.buckets


def test_no_metric_carries_an_id_or_a_label_of_its_own_identity() -> None:
    ids = {"gen_ai.conversation.id", "gen_ai.response.id", "gen_ai.tool.call.id", "user.id"}
    ids |= {"otel_agents.run.id", "session.id", "gen_ai.agent.id"}
    for instrument in semconv.INSTRUMENTS:
        identity = semconv.IDENTITY[instrument.scope]

        assert not ids & {*instrument.labels, *identity}
        assert not {*instrument.labels} & {*identity}


@pytest.mark.parametrize("line", ENUMS.replace("\n ", " ").strip().splitlines())
def test_a_closed_enum_has_exactly_these_values(line: str) -> None:
    name, _, values = line.partition(": ")
    enum: type[StrEnum] = getattr(semconv, name)

    assert [str(value) for value in enum] == values.split()


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("<50", "LT_50"),
        ("tools/call", "TOOLS_CALL"),
        ("sampling/createMessage", "SAMPLING_CREATE_MESSAGE"),
        ("gcp.vertex_ai", "GCP_VERTEX_AI"),
    ],
)
def test_a_member_is_named_by_its_value(value: str, name: str) -> None:
    assert member(value) == name


def test_every_name_of_upstream_has_its_constant() -> None:
    for key in (*UPSTREAM.attributes, *UPSTREAM.renamed):
        assert getattr(semconv, constant(key)) == key


def test_constants_are_unique() -> None:
    keys = [*UPSTREAM.attributes, *UPSTREAM.renamed]
    values = [value for name, value in vars(semconv).items() if name[0].isupper()]
    strings = Counter(value for value in values if type(value) is str)

    assert len({constant(key) for key in keys}) == len(keys)
    assert [name for name, count in strings.items() if count > 1] == []


def test_a_renamed_name_leads_to_one_that_is_current() -> None:
    assert semconv.RENAMED["gen_ai.system"] == "gen_ai.provider.name"
    assert semconv.RENAMED["gen_ai.usage.prompt_tokens"] == "gen_ai.usage.input_tokens"
    assert {*semconv.RENAMED.values()} <= {*UPSTREAM.attributes}
    assert not {*semconv.RENAMED, *semconv.REMOVED} & {*UPSTREAM.attributes}
    assert {*semconv.RENAMED_METRICS.values()} <= {*UPSTREAM.metrics}


def test_every_genai_name_has_the_generation_that_introduced_it() -> None:
    assert [
        semconv.GENERATION[name]
        for name in (
            semconv.GEN_AI_SYSTEM,
            semconv.GEN_AI_PROVIDER_NAME,
            semconv.GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS,
            semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
        )
    ] == [Generation.V1_36, Generation.V1_37, Generation.V1_37, Generation.GENAI]
    assert {name for name in UPSTREAM.attributes if name.startswith("gen_ai.")} <= {
        *semconv.GENERATION
    }


def test_the_five_typed_events_have_each_their_type() -> None:
    assert {
        name.removeprefix("otel_agents."): str(kind) for name, kind in semconv.EVENT_TYPES.items()
    } == {
        "agent.initialized": "agent_initialized",
        "decision.made": "decision_made",
        "tool.call.failed": "tool_call_failed",
        "agent.state.corrupted": "agent_state_corrupted",
        "context.window.exceeded": "context_window_exceeded",
    }


@given(st.from_regex(r"[a-z]{1,5}([._][a-z0-9]{1,5}){0,3}", fullmatch=True))
def test_a_constant_is_the_key_in_upper_case(key: str) -> None:
    assert constant(key) == key.upper().replace(".", "_")
    assert constant(key).isidentifier()


def in_a_process_of_its_own(code: str) -> str:
    """Run code that finds the module, loaded without its package, as `spec`."""
    start = (
        "import enum, importlib.util, sys, time, typing\n"
        f"spec = importlib.util.spec_from_file_location('names', {semconv.__file__!r})\n"
    )
    command = [sys.executable, "-c", start + code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_importing_it_brings_in_nothing_but_enum_and_typing() -> None:
    code = (
        "before = set(sys.modules)\n"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
        "print(sorted(set(sys.modules) - before))"
    )

    assert in_a_process_of_its_own(code) == "[]"


def test_importing_it_costs_a_few_milliseconds_at_most() -> None:
    code = (
        "code = spec.loader.get_code('names')\n"
        "def cost():\n"
        "    start = time.process_time_ns(); exec(code, {'__name__': 'names'})\n"
        "    return (time.process_time_ns() - start) / 1e6\n"
        "print(min(cost() for _ in range(20)))"
    )

    assert float(in_a_process_of_its_own(code)) < IMPORT_LIMIT_MS
