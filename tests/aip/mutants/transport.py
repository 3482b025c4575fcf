"""Mutants of what the transports make of answers."""

from __future__ import annotations

from typing import Any

from google.rpc import error_details_pb2  # type: ignore[import-untyped,unused-ignore]

from ..reference.kinds import RefusedError
from ..reference.server import Server
from . import breaks


@breaks("errors_have_a_message")
class SaysNothing(Server):
    def status(self, error: RefusedError) -> Any:
        error.text = ""
        return super().status(error)


@breaks(
    "errors_have_error_info",
    "delete_refuses_while_there_are_children",
    "get_says_what_is_not_found",
    "create_says_what_exists_already",
)
class GivesNoReasons(Server):
    def status(self, error: RefusedError) -> Any:
        error.reason = ""
        return super().status(error)


@breaks("errors_have_error_info")
class GivesLowerCaseReasons(Server):
    def status(self, error: RefusedError) -> Any:
        error.reason = "Not Upper"
        return super().status(error)


@breaks("create_wants_required_fields", "page_size_may_not_be_negative", "order_refuses_unknown_fields")
class GivesNoViolations(Server):
    def status(self, error: RefusedError) -> Any:
        error.violations = []
        return super().status(error)


@breaks("errors_over_http_are_of_aip_193")
class AnswersEverythingWith400(Server):
    def http_status(self, error: RefusedError) -> int:
        return 400


@breaks("errors_over_http_are_of_aip_193", "get_refuses_an_unknown_name")
class AnswersBareErrors(Server):
    def http_error(self, error: RefusedError) -> Any:
        return {"code": error.code, "message": error.text}


@breaks("transports_reach_the_same_resources")
class DropsFieldsOverHttp(Server):
    async def respond(self, verb: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
        status, document = await super().respond(verb, path, query, body)
        document.pop("createTime", None)
        return status, document


@breaks("get_refuses_an_unknown_name")
class DiffersOverHttp(Server):
    """Only the comparison of the transports can tell."""

    def http_error(self, error: RefusedError) -> Any:
        found = super().http_error(error)
        for detail in found["error"]["details"]:
            if detail["@type"].endswith(error_details_pb2.ErrorInfo.DESCRIPTOR.full_name):
                detail["reason"] = "ANOTHER"
        return found
