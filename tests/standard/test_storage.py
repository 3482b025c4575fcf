"""What the options of scaffold/storage.proto mean for a resource."""

from __future__ import annotations

from scaffolder.standard import recognise
from tests.contract_text import Load

TEXT = """
import "scaffold/storage.proto";
message Book {
  option (scaffold.unique_together) = "shelf_id, title";
  option (scaffold.index_on) = "title , shelf_id";
  option (scaffold.index_on) = "author";
  int64 id = 1;
  int64 shelf_id = 2 [(scaffold.index) = true];
  string title = 3;
  string author = 4 [(scaffold.index) = true];
  string isbn = 5 [(scaffold.unique) = true];
}
message CreateBookRequest { Book book = 1; }
service BookService { rpc CreateBook(CreateBookRequest) returns (Book); }
"""


def test_unique_and_indexed_fields(load: Load) -> None:
    """In the order of the message's fields, whatever says it; what is said twice counts once."""
    book = recognise(load(TEXT)).resources["shop.v1.Book"]
    assert book.unique == (("shelf_id", "title"), ("isbn",))
    assert book.indexes == (("shelf_id",), ("title", "shelf_id"), ("author",))


def test_only_what_is_said(load: Load) -> None:
    lines = [line for line in TEXT.splitlines() if "option" not in line]
    text = "\n".join(lines).replace(" [(scaffold.index) = true]", "")
    book = recognise(load(text)).resources["shop.v1.Book"]
    assert (book.unique, book.indexes) == ((("isbn",),), ())
