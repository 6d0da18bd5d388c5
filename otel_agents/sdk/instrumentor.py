"""The way in without code: `opentelemetry-instrument`, and the SDK's configuration file.

Both load what the entry point `opentelemetry_instrumentor` names, once the providers
exist. It has the interface that they call and needs no package of theirs.
"""

import logging
from collections.abc import Collection
from typing import Final

from otel_agents.errors import ConfigError
from otel_agents.sdk.configure import configure
from otel_agents.sdk.options import Flush, Options, Sampling

_log = logging.getLogger("otel_agents.sdk")

_WORDS: Final = {"sampling": Sampling, "flush": Flush}
_LOADERS_OWN: Final = ("skip_dep_check", "raise_exception_on_conflict")


class AgentsInstrumentor:
    """Takes the global provider's exporting over; a refusal is told in the log."""

    def instrument(self, **settings: object) -> None:
        """Configure the global provider.

        Args:
            settings: `sampling` and `flush`, as in the options; nothing else is known.
        """
        try:
            configure(_options(settings))
        except ConfigError as error:
            # An exception here would keep every other instrumentation from loading.
            _log.error("agents are not observed: %s", error)

    def uninstrument(self, **settings: object) -> None:
        """Do nothing: spans that are under way still have to leave."""

    def instrumentation_dependencies(self) -> Collection[str]:
        """Return which packages it needs: none."""
        return ()


def _options(settings: dict[str, object]) -> Options | None:
    said = {key: value for key, value in settings.items() if key not in _LOADERS_OWN}
    for key, value in said.items():
        if key not in _WORDS:
            raise ConfigError(key, value, f"no such key; there are {', '.join(_WORDS)}")
        # YAML reads a bare on and off as true and false.
        if isinstance(value, bool):
            said[key] = "on" if value else "off"
    return Options(**said) if said else None  # type: ignore[arg-type] # the options check the words
