"""AutoGen: agents and tools under `gen_ai.*`, its message bus under `messaging.*`."""

from otel_agents.pipeline.dialects.table import Dialect

AUTOGEN = Dialect(name="autogen", scopes=("autogen-core", "autogen*"))
