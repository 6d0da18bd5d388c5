"""The report as JSON; its shape is stable and documented in docs/inspect.md."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from otel_agents.pipeline.durations import Durations
from otel_agents.pipeline.report import USAGE, ActivityRow, ModelRow, Report, ToolRow

Json: TypeAlias = dict[str, Any]

TOTALS = (
    "traces",
    "spans",
    "agent_runs",
    "model_calls",
    "tool_calls",
    "handoffs",
    "errors",
    *USAGE,
    "cost_usd",
    "unpriced_calls",
    "suppressed_calls",
    "refused_spans",
)


def document(report: Report) -> Json:
    """Return the report as JSON values; rows by falling cost, falling calls, name."""
    sums = {**report.totals, "cost_usd": float(report.cost_usd)}
    return {
        "totals": {name: sums.get(name, 0) for name in TOTALS},
        "models": _ordered(
            {"provider": provider, "model": model} | _model(row)
            for (provider, model), row in report.models.items()
        ),
        "agents": _ordered(
            {"agent": agent, "group": group} | _activity(row)
            for (agent, group), row in report.agents.items()
        ),
        "groups": _activities("group", report.groups),
        "conversations": _activities("conversation", report.conversations),
        "tenants": _activities("tenant", report.tenants),
        "tools": _ordered({"tool": tool} | _tool(row) for (tool,), row in report.tools.items()),
        "unpriced": _ordered(
            {"provider": provider, "model": model, "reason": reason, "calls": calls}
            for (provider, model, reason), calls in report.unpriced.items()
        ),
        "dialects": _by_count(report.dialects),
        "refused": _by_count(report.refused),
    }


def _by_count(counts: Mapping[str, int]) -> Json:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _activities(key: str, rows: Mapping[tuple[str, ...], ActivityRow]) -> list[Json]:
    return _ordered({key: name} | _activity(row) for (name,), row in rows.items())


def _model(row: ModelRow) -> Json:
    return {
        "calls": row.calls,
        "errors": row.errors,
        **dict(zip(USAGE, row.usage, strict=True)),
        "cost_usd": float(row.cost_usd),
        "unpriced_calls": row.unpriced_calls,
        **_percentiles(row.durations),
    }


def _activity(row: ActivityRow) -> Json:
    return {
        "runs": row.runs,
        "errors": row.errors,
        "outcomes": _by_count(row.outcomes),
        "model_calls": row.model_calls,
        "tool_calls": row.tool_calls,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cost_usd": float(row.cost_usd),
        **_percentiles(row.durations),
    }


def _tool(row: ToolRow) -> Json:
    return {
        "calls": row.calls,
        "errors": row.errors,
        "external": row.external,
        **_percentiles(row.durations),
    }


def _percentiles(durations: Durations) -> Json:
    return {"p50_s": durations.quantile(0.5), "p95_s": durations.quantile(0.95)}


def _ordered(rows: Iterable[Json]) -> list[Json]:
    def weight(row: Json) -> tuple[float, int, str]:
        calls = row.get("calls", 0) + row.get("model_calls", 0) + row.get("runs", 0)
        names = "\0".join(value for value in row.values() if isinstance(value, str))
        return -row.get("cost_usd", 0.0), -calls, names

    return sorted(rows, key=weight)
