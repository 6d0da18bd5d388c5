"""AutoGen: agents and tools under `gen_ai.*`, its message bus under `messaging.*`.

It has no spans of model calls. Measured with 0.7.
"""

from otel_agents.pipeline.dialects.table import Dialect

AUTOGEN = Dialect(name="autogen", scopes=("autogen-core", "autogen*"))
