"""OTLP, on the wire and in files: the one room that knows its bytes and its JSON.

Both the command line and the gateway read through here. What comes out is always a
`otel_agents.record.SpanRecord`, and what cannot be is a `SpanRefused` or an `InputError`.
"""
