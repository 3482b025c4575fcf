"""Hello: what it knows, free of any message and any table."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(slots=True, kw_only=True)
class SayHelloRequest:
    # Who is greeted.
    name: str = ""
    # The language of the greeting as a BCP 47 tag, for example "en" or "pt-BR".
    language: str = ""


@dataclasses.dataclass(slots=True, kw_only=True)
class SayHelloResponse:
    # The greeting.
    message: str = ""
