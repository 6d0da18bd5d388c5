"""The door inside an application: spans straight from the OpenTelemetry SDK."""
