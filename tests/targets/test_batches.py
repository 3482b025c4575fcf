"""What the items of a batch pass to the method for a single resource."""

from __future__ import annotations

from typing import Any

from scaffolder.targets.python.views import ProjectViews
from tests.contract_text import Load

BOOKS = """
import "google/api/field_info.proto";
message Book { string id = 1; string title = 2; }
message CreateBookRequest {
  Book book = 1;
  string book_id = 2;
  string request_id = 3 [(google.api.field_info).format = UUID4];
}
message GetBookRequest { string id = 1; }
message BatchCreateBooksRequest { repeated CreateBookRequest requests = 1; }
message BatchCreateBooksResponse { repeated Book books = 1; }
service BookService {
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(GetBookRequest) returns (Book);
  rpc BatchCreateBooks(BatchCreateBooksRequest) returns (BatchCreateBooksResponse);
}
"""


def test_a_request_id_that_is_declared_as_a_uuid_is_the_text_that_came(load: Load) -> None:
    [view] = ProjectViews(load(BOOKS), "shop", "shop").nouns.values()
    service = view["service"]
    [items] = [each for each in service["types"] if each["name"] == "CreateBookRequest"]
    annotations = {each["name"]: each["annotation"] for each in items["fields"]}
    batch: dict[str, Any] = next(each for each in service["methods"] if each["shape"] == "batch_create")
    assert annotations["request_id"] == "str"
    assert "request_id=request.request_id" in batch["each"]
