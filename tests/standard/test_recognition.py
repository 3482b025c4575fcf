"""Which RPCs are recognised as standard methods of a resource, and which are left alone."""

import pytest

from scaffolder.contract.model import Contract
from scaffolder.standard import StandardMethod
from scaffolder.targets.python.recognition import standard_of
from tests.contract_text import Load

MESSAGES = """
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
message Book { string name = 1; string title = 2; }
message CreateBookRequest { Book book = 1; string book_id = 2; }
message GetBookRequest { string name = 1; }
message ListBooksRequest { int32 page_size = 1; string page_token = 2; }
message ListBooksResponse { repeated Book books = 1; string next_page_token = 2; }
message UpdateBookRequest { Book book = 1; google.protobuf.FieldMask update_mask = 2; }
message DeleteBookRequest { string name = 1; }
"""
SERVICE = """
service BookService {
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(GetBookRequest) returns (Book);
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse);
  rpc UpdateBook(UpdateBookRequest) returns (Book);
  rpc DeleteBook(DeleteBookRequest) returns (google.protobuf.Empty);
}
"""


def recognised(contract: Contract) -> dict[str, StandardMethod]:
    return standard_of(contract).of(contract.services[0])


def verbs(load: Load, text: str) -> dict[str, str]:
    contract = load(text)
    return {name: found.verb for name, found in recognised(contract).items()}


def test_five_standard_methods(load: Load) -> None:
    assert verbs(load, MESSAGES + SERVICE) == {
        "CreateBook": "create",
        "GetBook": "get",
        "ListBooks": "list",
        "UpdateBook": "update",
        "DeleteBook": "delete",
    }


def test_search_makes_list_a_custom_method(load: Load) -> None:
    """A list that ignored its search would give a wrong answer."""
    text = MESSAGES.replace("int32 page_size = 1;", "int32 page_size = 1; string query = 3;")
    assert "ListBooks" not in verbs(load, text + SERVICE)


@pytest.mark.parametrize(
    ("field", "renamed", "method"),
    [
        ("Book book = 1; string", "Book class = 1; string", "CreateBook"),
        ("Book books", "Book class", "ListBooks"),
    ],
)
def test_field_called_as_a_keyword_makes_it_custom(load: Load, field: str, renamed: str, method: str) -> None:
    """A handler could not write `request.class`."""
    assert method not in verbs(load, MESSAGES.replace(field, renamed) + SERVICE)


def test_delete_with_an_answer_of_its_own_is_custom(load: Load) -> None:
    text = SERVICE.replace("returns (google.protobuf.Empty)", "returns (Book)")
    assert "DeleteBook" not in verbs(load, MESSAGES + text)


def test_nothing_is_stored_without_create(load: Load) -> None:
    text = SERVICE.replace("rpc CreateBook(CreateBookRequest) returns (Book);", "")
    assert verbs(load, MESSAGES + text) == {}


def test_parent_is_not_understood(load: Load) -> None:
    text = MESSAGES.replace("Book book = 1; string book_id = 2;", "string parent = 3; Book book = 1;")
    assert verbs(load, text + SERVICE) == {}


def test_identity_may_be_a_number(load: Load) -> None:
    text = MESSAGES.replace("string name = 1", "int64 id = 1").replace(" string book_id = 2;", "")
    contract = load(text + SERVICE)
    found = recognised(contract)
    assert set(found) == {"CreateBook", "GetBook", "ListBooks", "UpdateBook", "DeleteBook"}
    assert found["GetBook"].resource.is_integer


def test_collection_comes_from_the_pattern(load: Load) -> None:
    option = 'option (google.api.resource) = {type: "example.com/Book" pattern: "shelf-books/{book}"};'
    text = 'import "google/api/resource.proto";' + MESSAGES.replace(
        "message Book {", f"message Book {{ {option}"
    )
    contract = load(text + SERVICE)
    assert recognised(contract)["GetBook"].resource.patterns == ("shelf-books/{book}",)


def test_streams_are_custom(load: Load) -> None:
    text = SERVICE.replace("returns (ListBooksResponse)", "returns (stream ListBooksResponse)")
    assert "ListBooks" not in verbs(load, MESSAGES + text)


def collection(load: Load, *paths: str, options: str = "") -> str | None:
    """The collection of Book where the paths are bound to GetBook; None where it is no resource."""
    bindings = "".join(
        f'additional_bindings {{ get: "{path}" }}' if number else f'get: "{path}"'
        for number, path in enumerate(paths)
    )
    messages = MESSAGES.replace("message Book {", f"message Book {{ {options}")
    imports = 'import "google/api/annotations.proto"; import "google/api/resource.proto";\n'
    bound = f"rpc GetBook(GetBookRequest) returns (Book) {{ option (google.api.http) = {{ {bindings} }}; }}"
    text = SERVICE.replace("rpc GetBook(GetBookRequest) returns (Book);", bound)
    contract = load(imports + messages + text)
    found = recognised(contract)
    if not found:
        return None
    return "".join(pattern.partition("{")[0] for pattern in found["GetBook"].resource.patterns)


def test_collection_is_what_the_paths_take(load: Load) -> None:
    """`volumes/1` has to be found under the path that the contract gives it."""
    assert collection(load, "/v1/{name=volumes/*}") == "volumes/"
    assert collection(load, "/v1/books/{name}") == ""


def test_name_with_a_parent_is_custom(load: Load) -> None:
    assert collection(load, "/v1/{name=shelves/*/books/*}") is None
    assert collection(load, "/v1/{name=books/*}", "/v1/{name=volumes/*}") is None


def test_path_that_contradicts_the_pattern_is_custom(load: Load) -> None:
    option = 'option (google.api.resource) = { type: "x.y/Book" pattern: "books/{book}" };'
    assert collection(load, "/v1/{name=books/*}", options=option) == "books/"
    assert collection(load, "/v1/{name=volumes/*}", options=option) is None


@pytest.mark.parametrize(
    ("resource", "method", "found"),
    [
        ("Shelf", "ListShelves", True),
        ("Shelf", "ListShelfs", True),
        ("Person", "ListPeople", True),
        ("Category", "ListCategories", True),
        ("Tag", "ListTags", True),
        ("Book", "ListBooksByAuthor", False),
        ("Book", "ListRecentBooks", False),
        ("Book", "ListBookmarksOnly", False),
        ("Book", "SearchBooks", False),
    ],
)
def test_list_is_known_by_its_plural(load: Load, resource: str, method: str, found: bool) -> None:
    text = (MESSAGES + SERVICE).replace("rpc ListBooks(", f"rpc {method}(").replace("Book", resource)
    name = method.replace("Book", resource)
    text = text.replace("book", resource.lower())
    assert (name in verbs(load, text)) is found


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("kind", ["int{}", "sint{}", "uint{}", "fixed{}", "sfixed{}"])
def test_an_integer_of_any_kind_is_an_identity(load: Load, kind: str, size: int) -> None:
    text = (MESSAGES + SERVICE).replace("string name = 1;", f"{kind.format(size)} id = 1;")
    assert verbs(load, text.replace(" string book_id = 2;", ""))["GetBook"] == "get"


@pytest.mark.parametrize("kind", ["bytes", "double", "bool"])
def test_the_refusal_of_another_identity_names_what_may_be_one(load: Load, kind: str) -> None:
    contract = load((MESSAGES + SERVICE).replace("string name = 1;", f"{kind} id = 1;"))
    reason = standard_of(contract).reasons["shop.v1.BookService.GetBook"]
    assert f"its id is a {kind}, and an identity is a string or an integer" in reason
