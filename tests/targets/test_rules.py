"""What generated code says of a resource's rules."""

from __future__ import annotations

import pytest

from scaffolder.targets.python.views import ProjectViews
from tests.contract_text import Load

CONTRACT = """
import "google/api/resource.proto";
import "google/api/field_behavior.proto";
message Remark { OPTION FIELD string text = 2; }
message CreateRemarkRequest { PARENT Remark remark = 2; PROPOSED }
message GetRemarkRequest { string KEY = 1; }
service RemarkService {
  rpc CreateRemark(CreateRemarkRequest) returns (Remark);
  rpc GetRemark(GetRemarkRequest) returns (Remark);
}
"""
REVIEW = 'option (google.api.resource) = {type: "x.com/TYPE" pattern: "books/{book}/reviews/{review}"};'
OWNED = "string id = 1 [(google.api.field_behavior) = OUTPUT_ONLY];"


@pytest.mark.parametrize(
    ("kind", "field", "proposed", "rule"),
    [
        ("Remark", "string name = 1;", "string remark_id = 3;", ""),
        ("Review", "string name = 1;", "string remark_id = 3;", ""),
        ("Review", "string name = 1;", "", ""),
        ("", "string id = 1;", "string remark_id = 3;", ""),
        ("", "string id = 1;", "", 'id_field="remark.id"'),
        ("", OWNED, "", ""),
        ("", "int64 id = 1;", "", ""),
    ],
)
def test_an_id_is_told_of_where_the_request_has_it(
    load: Load, kind: str, field: str, proposed: str, rule: str
) -> None:
    text = CONTRACT.replace("OPTION", REVIEW.replace("TYPE", kind) if kind else "").replace("FIELD", field)
    text = text.replace("PARENT", "string parent = 1;" if kind else "").replace("PROPOSED", proposed)
    text = text.replace("string KEY", " ".join(field.split()[:2]))
    [view] = ProjectViews(load(text), "shop", "shop").nouns.values()
    [repository] = view["service"]["repositories"]
    assert [each for each in repository["stored"].rules if "id_field" in each] == ([rule] if rule else [])


@pytest.mark.parametrize(("name", "rule"), [("OrderItem", []), ("HTTPRoute", ['id_field="http_route_id"'])])
def test_an_id_is_told_of_by_the_parameters_name(load: Load, name: str, rule: list[str]) -> None:
    parameter = {"OrderItem": "order_item", "HTTPRoute": "http_route"}[name]
    text = CONTRACT.replace("FIELD", "string id = 1;").replace("PROPOSED", f"string {parameter}_id = 3;")
    text = text.replace("OPTION", "").replace("PARENT", "").replace("KEY", "id").replace("Remark", name)
    [view] = ProjectViews(load(text), "shop", "shop").nouns.values()
    [repository] = view["service"]["repositories"]
    assert [each for each in repository["stored"].rules if "id_field" in each] == rule
