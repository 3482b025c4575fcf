"""Error responses: the JSON object of AIP-193, which holds a google.rpc.Status."""

from __future__ import annotations

from typing import Any

from scaffolder.contract.model import Contract, ErrorReason
from scaffolder.targets.openapi.paths import Path
from scaffolder.targets.openapi.schemas import Schemas
from scaffolder.targets.openapi.wellknown import Schema

_CODES = (
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)

_ERROR: Schema = {
    "type": "object",
    "description": "An error as AIP-193 has it.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "integer", "description": "The HTTP status."},
                "message": {"type": "string", "description": "For developers, in English."},
                "status": {
                    "type": "string",
                    "description": "The name of the canonical code (google/rpc/code.proto).",
                    "enum": list(_CODES),
                },
                "details": {
                    "type": "array",
                    "description": "More for programs, such as google.rpc.ErrorInfo with a reason.",
                    "items": {
                        "type": "object",
                        "properties": {"@type": {"type": "string"}},
                        "required": ["@type"],
                    },
                },
            },
            "required": ["code", "message", "status"],
        }
    },
    "required": ["error"],
}

_DESCRIPTIONS = {
    "400": (
        "BadRequest",
        "The request is wrong, whatever the state of the service; the message names the field.",
    ),
    "404": ("NotFound", "There is nothing of that name."),
    "default": ("Failure", "Any other failure."),
}


class Errors:
    """The responses that all operations share."""

    def __init__(self, contract: Contract, schemas: Schemas) -> None:
        self._schemas = schemas
        self._reasons = "\n".join(_reason(each) for enum in contract.errors for each in enum.errors)

    def envelope(self) -> Schema:
        """A reference to the schema of an error."""
        return self._schemas.extra("Error", _ERROR)

    def responses(self, path: Path) -> dict[str, Any]:
        """References by status; a 404 of its own where the path has variables."""
        statuses = ("400", "404", "default") if path.parameters else ("400", "default")
        return {status: {"$ref": f"#/components/responses/{_DESCRIPTIONS[status][0]}"} for status in statuses}

    def components(self) -> dict[str, Any]:
        """The Response Objects by name."""
        texts = dict(_DESCRIPTIONS.values())
        if self._reasons:
            heading = "The contract's own reasons, in google.rpc.ErrorInfo among the details:"
            texts["Failure"] += f" {heading}\n\n{self._reasons}"
        return {
            name: {"description": text, "content": {"application/json": {"schema": self.envelope()}}}
            for name, text in texts.items()
        }


def _reason(error: ErrorReason) -> str:
    comment = " ".join(error.comment.split())
    return f"- `{error.reason}` ({error.http}, {error.code})" + (f": {comment}" if comment else "")
