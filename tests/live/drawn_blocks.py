"""Blocks of `tail_sampling` drawn by a seed, as deep as the Collector lets policies stand.

Rate limits are left out, and budgets are never reached: what those decide depends on the order
in which the Collector walks its traces, which is that of a hash map, and on the second.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, TypeAlias

Block: TypeAlias = dict[str, Any]

SALTS: Final = ("", "", "salt", "another-salt", "ünï")
PERCENTS: Final = (0, 0.1, 10, 25, 33.3, 50, 75.5, 99.9, 100, 150, -5)
KEYS: Final = ("k", "n", "b", "http.route", "ünï", "missing")
TEXTS: Final = ("v", "w", "", "v1", "true", "1", "ünïcode ☹", "/healthz", "two\nlines")
PATTERNS: Final = (
    *("^v$", "v", "", "^/(health|ready)z?$", r"v[0-9]+\.HealthCheck$", r"(?i)^V\d*$", "lines$"),
    *(r"^two$", "(?m)^two$", "two.lines", "(?s)two.lines", r"\bv\b", "[[:alpha:]]+1", "^$"),
    *(r"\w+☹", r"^\w+$", r"\s", "[^v]", "^é$", r"x{200,}", r"\Qv1\E", "a|w|ü", r"\x{e9}", r"^.$"),
)
BOUNDS: Final = (0, 0, 1, -1, 5, 100, 300, 2**53 + 1)
SPAN_PATHS: Final = (
    *("name", "span.name", "kind", "kind.string", "status.code", "start_time_unix_nano"),
    *("end_time_unix_nano", "trace_state", 'trace_state["k"]', 'span.trace_state["ot"]', "flags"),
    *("parent_span_id.string", "scope.name", "instrumentation_scope.version"),
    *('attributes["k"]', 'span.attributes["k"]', 'attributes["n"]', 'attributes["http.route"]'),
    *('attributes["b"]', 'resource.attributes["k"]', 'resource.attributes["n"]'),
    *('attributes["k"]["x"]', 'attributes["k"][0]', 'attributes["n"]["x"]["y"][1]'),
)
EVENT_PATHS: Final = (
    *('attributes["k"]', 'spanevent.attributes["n"]', "name", "spanevent.name", "span.name"),
    *('span.attributes["k"]', 'resource.attributes["k"]', 'attributes["k"]["x"]', "scope.name"),
)
LITERALS: Final = (
    *('"v"', '""', '"ünïcode ☹"', '"checkout"', '"Server"', '"1"', "0", "1", "-1", "100", "301"),
    *("1.0", "150.5", "-0.5", "9007199254740993", "true", "false", "nil", "nil", "0x76"),
    *("SPAN_KIND_SERVER", "STATUS_CODE_ERROR", "STATUS_CODE_UNSET", '"two\\nlines"', '"V"'),
)
SIGNS: Final = ("==", "==", "!=", "<", "<=", ">", ">=")


class Blocks:
    """Draws blocks."""

    def __init__(self, seed: int) -> None:
        """Start the row of blocks that belongs to the seed."""
        self.draw = Random(seed)
        self.leaves: Sequence[Callable[[], Block]] = (
            *(self.latency, self.numeric, self.numeric, self.boolean, self.status, self.string),
            *(self.string, self.pattern, self.trace_state, self.span_count, self.chance),
            *(self.chance, self.ottl, self.ottl, self.ottl, self.plain),
        )

    def block(self) -> Block:
        """Draw a block."""
        number = self.draw.choice((1, 1, 2, 3, 4, 6))
        block: Block = {"policies": [self.policy(f"p{place}") for place in range(number)]}
        if self.draw.random() < 0.4:
            block["sample_on_first_match"] = True
        return block

    def policy(self, name: str) -> Block:
        """Draw a policy, with or without others inside."""
        return self.one({"": 5, "and": 2, "not": 1, "drop": 2, "composite": 1}, name)

    def one(self, kinds: dict[str, int], name: str) -> Block:
        """Draw a policy of one of these kinds; "" is one that holds no others."""
        kind = self.draw.choices(list(kinds), list(kinds.values()))[0]
        made: Block = {"name": name, "type": kind}
        match kind:
            case "and" | "drop":
                made[kind] = {f"{kind}_sub_policy": self.some({"": 4, "not": 1})}
            case "not":
                made["not"] = {"not_sub_policy": self.leaf("negated")}
            case "composite":
                made["composite"] = self.composite()
            case _:
                made = self.leaf(name)
        return made

    def some(self, kinds: dict[str, int]) -> list[Block]:
        """Draw sub-policies."""
        return [self.one(kinds, f"s{place}") for place in range(self.draw.choice((1, 2, 2, 3)))]

    def composite(self) -> Block:
        """Draw a composite whose budget is never reached, or is none at all."""
        subs = self.some({"": 4, "and": 1})
        names = [sub["name"] for sub in subs]
        return {
            "max_total_spans_per_second": 10**9,
            "policy_order": self.draw.sample(names, len(names)),
            "composite_sub_policy": subs,
            "rate_allocation": [
                {"policy": name, "percent": self.draw.choice((0, 30))}
                for name in names
                if self.draw.random() < 0.8
            ],
        }

    def leaf(self, name: str) -> Block:
        """Draw a policy that holds no others."""
        return {"name": name, **self.draw.choice(self.leaves)()}

    def plain(self) -> Block:
        return {"type": self.draw.choice(("trace_flags", "trace_flags", "always_sample"))}

    def latency(self) -> Block:
        low = self.draw.choice((0, 1, 4, 5, 50, 60, 100, -1))
        block = {"threshold_ms": low}
        if self.draw.random() < 0.5:
            block["upper_threshold_ms"] = self.draw.choice((5, 50, 60, 100, 5000))
        return {"type": "latency", "latency": block}

    def numeric(self) -> Block:
        low, high = self.draw.choice(BOUNDS), self.draw.choice(BOUNDS)
        bounds = {"min_value": low or 1 - bool(high), "max_value": high}
        block = {"key": self.key(), **bounds, **self.inverted()}
        return {"type": "numeric_attribute", "numeric_attribute": block}

    def boolean(self) -> Block:
        wanted = {"value": self.draw.random() < 0.5} if self.draw.random() < 0.8 else {}
        block = {"key": self.key(), **wanted, **self.inverted()}
        return {"type": "boolean_attribute", "boolean_attribute": block}

    def status(self) -> Block:
        words = self.draw.choices(("OK", "ERROR", "UNSET"), k=self.draw.choice((1, 1, 2)))
        return {"type": "status_code", "status_code": {"status_codes": words}}

    def string(self) -> Block:
        values = self.draw.choices(TEXTS, k=self.draw.choice((0, 1, 2, 3)))
        block = {"key": self.key(), "values": values, **self.inverted()}
        return {"type": "string_attribute", "string_attribute": block}

    def pattern(self) -> Block:
        values = self.draw.choices(PATTERNS, k=self.draw.choice((1, 1, 2)))
        size = {"cache_max_size": self.draw.choice((-1, 0, 1, 10))}
        regex = {"values": values, "enabled_regex_matching": True, **size}
        block = {"key": self.key(), **regex, **self.inverted()}
        return {"type": "string_attribute", "string_attribute": block}

    def trace_state(self) -> Block:
        values = self.draw.choices(("v", "w", "vv", "", "v=v", "rv:zz"), k=2)
        key = self.draw.choice(("k", "k", "a", "ot", "t@k", "K", "missing"))
        return {"type": "trace_state", "trace_state": {"key": key, "values": values}}

    def span_count(self) -> Block:
        bounds = {"min_spans": self.draw.choice((0, 1, 2, 3, 6))}
        if self.draw.random() < 0.5:
            bounds["max_spans"] = self.draw.choice((0, 1, 2, 4, 20))
        return {"type": "span_count", "span_count": bounds}

    def chance(self) -> Block:
        block: Block = {"sampling_percentage": self.draw.choice(PERCENTS)}
        if salt := self.draw.choice(SALTS):
            block["hash_salt"] = salt
        return {"type": "probabilistic", "probabilistic": block}

    def ottl(self) -> Block:
        block: Block = {}
        if mode := self.draw.choice(("", "", "propagate", "ignore", "silent")):
            block["error_mode"] = mode
        where = self.draw.choice((("span",), ("span",), ("spanevent",), ("span", "spanevent")))
        for place in where:
            number = self.draw.choice((1, 1, 2))
            block[place] = [self.condition(place, 0) for _ in range(number)]
        return {"type": "ottl_condition", "ottl_condition": block}

    def condition(self, where: str, depth: int) -> str:
        """Draw a condition; the deeper it stands, the plainer it is."""
        form = self.draw.random()
        if depth < 2 and form < 0.3:
            words = self.draw.choice((" and ", " or "))
            return words.join(f"({self.condition(where, depth + 1)})" for _ in range(2))
        if depth < 2 and form < 0.4:
            return f"not ({self.condition(where, depth + 1)})"
        path = self.draw.choice(SPAN_PATHS if where == "span" else EVENT_PATHS)
        if form < 0.5:
            return f'IsMatch({path}, "{self.draw.choice(PATTERNS[:4])}")'
        if form < 0.55:
            return "IsRootSpan()" if where == "span" else "true"
        sides = [path, self.draw.choice((*LITERALS, *LITERALS, path, 'attributes["n"]'))]
        self.draw.shuffle(sides)
        return f" {self.draw.choice(SIGNS)} ".join(sides)

    def key(self) -> str:
        return self.draw.choice(KEYS)

    def inverted(self) -> Block:
        return {"invert_match": True} if self.draw.random() < 0.3 else {}
