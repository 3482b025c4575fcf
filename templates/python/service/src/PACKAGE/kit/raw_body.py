"""google.api.HttpBody (google/api/httpbody.proto): where it is the body of an HTTP binding, that body is its `data`
as it is, under its `content_type`, instead of JSON.

At the RPC's own path, and over WebSocket, it is JSON like any other message.
"""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from .rpc import HttpBinding, Method

DEFAULT_TYPE = "application/octet-stream"

# Told by name: a service without it need not import it.
_FULL_NAME = "google.api.HttpBody"
_HEADER_VALUE = re.compile(r"([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?\Z")


class RawBody(bytes):
    """A body, and the value of its Content-Type header, "" for none."""

    content_type: str

    def __new__(cls, data: bytes | bytearray, content_type: str) -> RawBody:
        self = super().__new__(cls, data)
        self.content_type = content_type
        return self

    @classmethod
    def of(cls, message: Message, name: str) -> RawBody:
        """That of a message that is an HttpBody, or of its field `name` ("" and "*" are the message itself).

        ValueError where the content type cannot be the value of a header.
        """
        found: Any = _body(message, name)
        if not _HEADER_VALUE.match(found.content_type):
            raise ValueError(f"content_type: {found.content_type[:100]!r} is not the value of a header")
        return cls(found.data, found.content_type)

    def put(self, message: Message, name: str) -> None:
        """Sets the message, or its field `name`, to this body."""
        found: Any = _body(message, name)
        found.SetInParent()
        found.content_type, found.data = self.content_type, self


def in_request(method: Method[Any, Any], binding: HttpBinding) -> bool:
    """Whether requests of this binding have such a body."""
    bound = bool(binding.body) and binding in method.bindings
    return bound and _is_raw(method.request.DESCRIPTOR, binding.body)


def in_response(method: Method[Any, Any], binding: HttpBinding) -> bool:
    """Whether its responses do."""
    return binding in method.bindings and _is_raw(method.response.DESCRIPTOR, binding.response_body)


def _is_raw(descriptor: Descriptor, name: str) -> bool:
    if name not in ("", "*"):
        field = descriptor.fields_by_name.get(name)
        if field is None or field.is_repeated or field.message_type is None:
            return False
        descriptor = field.message_type
    return bool(descriptor.full_name == _FULL_NAME)


def _body(message: Message, name: str) -> Any:
    return message if name in ("", "*") else getattr(message, name)
