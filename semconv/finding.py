"""What the checker reports: one rule broken at one place, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """The rules of the checker, named as weaver's live check names its findings."""

    INVALID_YAML = "invalid_yaml"
    DUPLICATE_KEY = "duplicate_key"
    FILE_FORMAT = "file_format"
    LEGACY_SYNTAX = "legacy_syntax"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    INVALID_VALUE = "invalid_value"
    INVALID_FORMAT = "invalid_format"
    ILLEGAL_NAMESPACE = "illegal_namespace"
    EXTENDS_NAMESPACE = "extends_namespace"
    DUPLICATE_NAME = "duplicate_name"
    UNKNOWN_TYPE = "unknown_type"
    TYPE_MISMATCH = "type_mismatch"
    MISSING_EXAMPLES = "missing_examples"
    ATTRIBUTE_DEFINED_IN_SIGNAL = "attribute_defined_in_signal"
    REQUIREMENT_LEVEL_NOT_ON_REF = "requirement_level_not_on_ref"
    SAMPLING_RELEVANT_NOT_ON_SPAN = "sampling_relevant_not_on_span"
    MISSING_ATTRIBUTE = "missing_attribute"
    MISSING_GROUP = "missing_group"
    MISSING_SIGNAL = "missing_signal"
    MISSING_METRIC = "missing_metric"
    MISSING_ENTITY = "missing_entity"
    DUPLICATE_REF = "duplicate_ref"
    STABILITY_RAISED = "stability_raised"
    DEPRECATED = "deprecated"
    UNEXPECTED_INSTRUMENT = "unexpected_instrument"
    UNIT_MISMATCH = "unit_mismatch"
    MISSING_DOOR = "missing_door"
    MISSING_ANNOTATION = "missing_annotation"
    INVALID_BUCKETS = "invalid_buckets"
    UNDEFINED_ENUM_VARIANT = "undefined_enum_variant"
    UNUSED_ATTRIBUTE = "unused_attribute"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that the registry breaks.

    Attributes:
        file: The file's name inside the registry.
        path: The keys that lead to the place, such as `metrics[name].unit`.
        rule: The rule that is broken.
        message: What is there, and what was expected.
        advice: What to do.
    """

    file: str
    path: str
    rule: Rule
    message: str
    advice: str

    def __str__(self) -> str:
        """Return the finding as the one line that the terminal shows."""
        return f"{self.file}: {self.path}: {self.rule}: {self.message}; {self.advice}"
