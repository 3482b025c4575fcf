"""What the items of a batch pass to the method for a single resource."""

from __future__ import annotations

from typing import Any

import pytest

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


REPEATED = """
import "google/protobuf/field_mask.proto";
enum Mood { MOOD_UNSPECIFIED = 0; GOOD = 1; }
message Book { int64 id = 1; string title = 2; int32 pages = 3; optional string note = 4; Mood mood = 5; }
message CreateBookRequest { string title = 1; optional int32 pages = 2; }
message UpdateBookRequest {
  int64 id = 1;
  optional string title = 2;
  optional int32 pages = 3;
  optional string note = 4;
  optional Mood mood = 5;
  MASK
}
message BatchUpdateBooksRequest { repeated UpdateBookRequest requests = 1; }
message Books { repeated Book books = 1; }
service BookService {
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc UpdateBook(UpdateBookRequest) returns (Book);
  rpc BatchUpdateBooks(BatchUpdateBooksRequest) returns (Books);
}
"""
HELD = """
message Book { int64 id = 1; string title = 2; }
message CreateBookRequest { Book book = 1; }
message UpdateBookRequest { int64 id = 1; Book book = 2; }
message BatchUpdateBooksRequest { repeated UpdateBookRequest requests = 1; }
message Books { repeated Book books = 1; }
service BookService {
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc UpdateBook(UpdateBookRequest) returns (Book);
  rpc BatchUpdateBooks(BatchUpdateBooksRequest) returns (Books);
}
"""


def methods(load: Load, text: str) -> dict[str, dict[str, Any]]:
    [view] = ProjectViews(load(text), "shop", "shop").nouns.values()
    return {each["shape"]: each for each in view["service"]["methods"]}


@pytest.mark.parametrize(
    ("mask", "named"), [("", ""), ("google.protobuf.FieldMask update_mask = 9;", "request.update_mask or ")]
)
def test_an_update_in_a_batch_is_of_one_book_and_of_what_its_request_sets(
    load: Load, mask: str, named: str
) -> None:
    each = methods(load, REPEATED.replace("MASK", mask))["batch_update"]["each"]
    entity = 'Book(id=request.id, title=request.title or "", pages=request.pages or 0, note=request.note, '
    assert f"{entity}mood=request.mood or Mood.MOOD_UNSPECIFIED)" in each
    assert f'{named}BOOK.given(request, ["title", "pages", "note", "mood"])' in each


def test_an_update_without_its_mask_sets_what_the_request_has(load: Load) -> None:
    """A 0 is set as well, which the entity could not tell from nothing."""
    text = REPEATED.replace("MASK", "google.protobuf.FieldMask mask = 9;")
    assert (
        "request.mask.paths or update_book_request_paths(request)"
        in methods(load, text)["update"]["arguments"]
    )


def test_an_identity_beside_the_book_says_which_it_is(load: Load) -> None:
    each = methods(load, HELD)["batch_update"]["each"]
    assert "self.update_book(dataclasses.replace(request.book or Book(), id=request.id))" in each


def test_a_number_is_the_store_s_also_where_the_resource_is_the_request(load: Load) -> None:
    text = "message Tag { int64 id = 1; string label = 2; } service TagService { rpc CreateTag(Tag) returns (Tag); }"
    assert methods(load, text)["create"]["naming"] == ["tag.id = 0"]


def test_what_is_replaced_below_a_path_stays_there(load: Load) -> None:
    """Its body need not repeat the parent's id."""
    text = """
    import "google/api/annotations.proto";
    message Shelf { string id = 1; }
    message Book { int64 id = 1; string shelf_id = 2; string title = 3; }
    message CreateBookRequest { string shelf_id = 1; Book book = 2; }
    message UpdateBookRequest { string shelf_id = 1; int64 id = 2; Book book = 3; }
    service BookService {
      rpc CreateShelf(Shelf) returns (Shelf);
      rpc CreateBook(CreateBookRequest) returns (Book) {
        option (google.api.http) = {post: "/v1/shelves/{shelf_id}/books" body: "book"};
      }
      rpc UpdateBook(UpdateBookRequest) returns (Book) {
        option (google.api.http) = {put: "/v1/shelves/{shelf_id}/books/{id}" body: "book"};
      }
    }
    """
    assert methods(load, text)["update"]["stays"] == "book.shelf_id = book.shelf_id or shelf_id"
