"""What happens to the library of the story: rows, edits by hand, and five changes of its contract."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from .support import Workplace

CONTRACT = "api/aip/v1/library.proto"
BIZ, DATA, HANDLERS = (
    "src/library/biz/library.py",
    "src/library/data/library.py",
    "src/library/service/library.py",
)
FAKES = "tests/unit/test_library.py"


@dataclass(frozen=True)
class Api:
    """The running service over HTTP."""

    port: int

    def call(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/{path}",
            method=verb,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def ok(self, verb: str, path: str, body: Any = None) -> Any:
        status, answer = self.call(verb, path, body)
        assert status == 200, answer
        return answer

    def rows(self) -> dict[str, Any]:
        """All that is stored, by name."""
        lists = ("shelves", "shelves/-/books", "shelves/-/books/-/reviews", "readers")
        found = [self.ok("GET", f"{path}?pageSize=1000") for path in lists]
        return {each["name"]: each for answer in found for key in answer for each in _resources(answer[key])}


def _resources(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def stored(api: Api) -> None:
    """Some fifty resources, among them each kind of field, set and not set."""
    for number in range(3):
        api.ok("POST", f"shelves?shelfId=s{number}", {"theme": f"theme {number}", "capacity": number * 10})
    api.ok("POST", "shelves?shelfId=tiny", {"theme": "one book"})
    for number in range(36):
        api.ok("POST", f"shelves/s{number % 3}/books?bookId=b{number}", _book(number))
    for number in range(9):
        path = f"shelves/s0/books/b{number % 3 * 3}/reviews?reviewId=r{number}"
        api.ok("POST", path, {"text": f"as they say: «{number}»", "stars": number % 6})
    for number in range(3):
        body = {"displayName": f"Reader {number}", "address": {"city": "Oslo"}, "loanLimit": number}
        api.ok("POST", f"readers?readerId=x{number}", body)


def _book(number: int) -> Any:
    """Every third one has its title alone."""
    if number % 3 == 2:
        return {"title": f"Bare {number}"}
    return {
        "title": f"Title {number} 'Ω' 😀",
        "subtitle": f"subtitle {number}",
        "authors": [{"givenName": "A", "familyName": "B"}, {"givenName": str(number)}],
        "binding": ("HARDCOVER", "PAPERBACK", "SPIRAL")[number % 3],
        "pageCount": 2**31 - 1 if number == 0 else number,
        "printRun": str(2**63 - 1 - number),
        "weightKg": number / 7,
        "lendable": number % 2 == 0,
        "minimumAge": 0,
        "isbn": f"{9780000000000 + number}",
        "edition": {"number": 2, "publisher": "P", "printTime": "1999-12-31T23:59:59.000001Z"},
        "labels": {"genre": "crime", "a.b": "c"},
        "tags": ["x", "y"],
        "publishTime": "0001-01-01T00:00:00Z",
        "loanPeriod": "1209600.500s",
        "price": {"currencyCode": "NOK", "units": "129", "nanos": 990000000},
        "thumbnail": "iVBORw==",
        **({"seller": "S"} if number % 2 else {"donor": {"familyName": "D"}}),
    }


def lived_in(home: Workplace) -> dict[str, list[str]]:
    """The owner's edits; what they wrote, by file."""
    home.edit(BIZ, "import datetime\n", "import datetime\nimport re\n")
    home.edit(BIZ, "errors import NotFoundError\n", "errors import FailedPreconditionError, NotFoundError\n")
    rule = (
        "        # The same title, whoever wrote it down.\n"
        "        book.title = self._tidy(book.title)\n"
        '        if parent == "shelves/tiny" and await self._book_repository.count(parent) >= 1:\n'
        '            raise FailedPreconditionError("the shelf is full", reason="SHELF_FULL")\n'
    )
    home.edit(
        BIZ,
        "        book = BOOK.new(book)\n        book.name = BOOK.new_name(parent, book_id)\n",
        "        book = BOOK.new(book)\n" + rule + "        book.name = BOOK.new_name(parent, book_id)\n",
    )
    line = "            updated = BOOK.updated(current, book, update_mask)\n"
    body = "            updated.title = self._tidy(updated.title)  # as in create_book\n"
    home.edit(BIZ, line, line + body)
    helper = (
        "    def _tidy(self, title: str) -> str:\n"
        '        """Without what an editor remarks behind it."""\n'
        '        return re.sub(r" \\[sic\\]$", "", title)\n'
    )
    home.edit(
        BIZ, "    async def get_book(self, name: str)", helper + "\n    async def get_book(self, name: str)"
    )
    wanted = '    async def count(self, parent: str) -> int:\n        """How many books stand there."""\n        ...\n'
    start, end = home.read(BIZ).split("\n\nclass ReviewRepository(Protocol):\n")
    home.write(BIZ, f"{start}\n{wanted}\n\nclass ReviewRepository(Protocol):\n{end}")
    query = (
        "    async def count(self, parent: str) -> int:\n"
        "        counted = select(func.count()).select_from(BookRow).where(BookRow.parent == parent)\n"
        "        async with self._database.read() as session:\n"
        "            return await session.scalar(counted) or 0\n"
    )
    home.edit(DATA, "    delete,\n    select,\n", "    delete,\n    func,\n    select,\n")
    start, end = home.read(DATA).split("\n\ndef _book_row(")
    home.write(DATA, f"{start}\n{query}\n\ndef _book_row({end}")
    start, end = home.read(FAKES).split("\n\nclass FakeReviewRepository:")
    fake = "    async def count(self, parent: str) -> int:\n        return len(self._stored)\n"
    home.write(FAKES, f"{start}\n{fake}\n\nclass FakeReviewRepository:{end}")
    call = 'await self._use_case.get_shelf(request.name.replace("/smallest", "/tiny"))\n'
    home.edit(HANDLERS, "await self._use_case.get_shelf(request.name)\n", call)
    return {
        BIZ: ["import re\n", rule, line + body, helper, wanted],
        DATA: [query, "func"],
        FAKES: [fake],
        HANDLERS: [call],
    }


def lives(api: Api) -> None:
    """The edits do what they are for; nothing stays."""
    made = api.ok("POST", "shelves/tiny/books", {"title": "Hamlet [sic]"})
    assert made["title"] == "Hamlet"
    assert api.ok("PATCH", f"{made['name']}?updateMask=title", {"title": "Faust [sic]"})["title"] == "Faust"
    status, answer = api.call("POST", "shelves/tiny/books", {"title": "one more"})
    assert status == 400 and answer["error"]["details"][0]["reason"] == "SHELF_FULL", answer
    assert api.ok("GET", "shelves/smallest")["name"] == "shelves/tiny"
    api.ok("DELETE", made["name"])


def fields_come(home: Workplace) -> None:
    home.edit(CONTRACT, "    SPIRAL = 3;\n", "    SPIRAL = 3;\n    LEATHER = 4;\n")
    home.edit(
        CONTRACT,
        "  // Changes with every change of the book.\n  string etag = 23;\n",
        "  // Changes with every change of the book.\n  string etag = 23;\n"
        "  string shelfmark = 24;\n"
        "  optional google.protobuf.Timestamp acquire_time = 25;\n"
        "  repeated Note notes = 26;\n",
    )
    home.edit(
        CONTRACT,
        "// A person who wrote a book.\n",
        "// What somebody wrote into a book.\nmessage Note {\n  string text = 1;\n"
        "  google.protobuf.Timestamp write_time = 2;\n}\n\n// A person who wrote a book.\n",
    )


def a_field_is_renamed(home: Workplace) -> None:
    home.edit(CONTRACT, "  string subtitle = 3;\n", "  string tagline = 3;\n")


def a_field_is_retyped_and_one_goes(home: Workplace) -> None:
    home.edit(
        CONTRACT,
        "  int32 page_count = 6 [(buf.validate.field).int32.gte = 0];",
        "  int64 page_count = 6 [(buf.validate.field).int64.gte = 0];",
    )
    home.edit(CONTRACT, "  double weight_kg = 8;\n", "  reserved 8;\n")


COPY_METHODS = """
  // Adds a copy of a book.
  rpc CreateCopy(CreateCopyRequest) returns (Copy) {
    option (google.api.http) = {
      post: "/v1/{parent=shelves/*/books/*}/copies"
      body: "copy"
    };
  }

  // Returns one copy.
  rpc GetCopy(GetCopyRequest) returns (Copy) {
    option (google.api.http) = {get: "/v1/{name=shelves/*/books/*/copies/*}"};
  }

  // Lists the copies of a book.
  rpc ListCopies(ListCopiesRequest) returns (ListCopiesResponse) {
    option (google.api.http) = {get: "/v1/{parent=shelves/*/books/*}/copies"};
  }

  // Changes a copy.
  rpc UpdateCopy(UpdateCopyRequest) returns (Copy) {
    option (google.api.http) = {
      patch: "/v1/{copy.name=shelves/*/books/*/copies/*}"
      body: "copy"
    };
  }

  // Removes a copy.
  rpc DeleteCopy(DeleteCopyRequest) returns (google.protobuf.Empty) {
    option (google.api.http) = {delete: "/v1/{name=shelves/*/books/*/copies/*}"};
  }
}

// Keeps those who borrow books."""
COPY = """
// One copy of a book.
message Copy {
  option (google.api.resource) = {
    type: "library.example.com/Copy"
    pattern: "shelves/{shelf}/books/{book}/copies/{copy}"
    singular: "copy"
    plural: "copies"
  };

  string name = 1 [(google.api.field_behavior) = IDENTIFIER];
  optional string barcode = 2 [(scaffold.unique) = true];
  string condition = 3;
  google.protobuf.Timestamp create_time = 4 [(google.api.field_behavior) = OUTPUT_ONLY];
}

message CreateCopyRequest {
  string parent = 1 [(google.api.field_behavior) = REQUIRED];
  Copy copy = 2 [(google.api.field_behavior) = REQUIRED];
  string copy_id = 3;
}

message GetCopyRequest {
  string name = 1 [(google.api.field_behavior) = REQUIRED];
}

message ListCopiesRequest {
  string parent = 1 [(google.api.field_behavior) = REQUIRED];
  int32 page_size = 2;
  string page_token = 3;
}

message ListCopiesResponse {
  repeated Copy copies = 1;
  string next_page_token = 2;
}

message UpdateCopyRequest {
  Copy copy = 1 [(google.api.field_behavior) = REQUIRED];
  google.protobuf.FieldMask update_mask = 2;
}

message DeleteCopyRequest {
  string name = 1 [(google.api.field_behavior) = REQUIRED];
}
"""


def a_child_comes(home: Workplace) -> None:
    """And what two fields hold that were there is unique from now on."""
    home.edit(
        CONTRACT,
        'import "google/type/money.proto";\n',
        'import "google/type/money.proto";\nimport "scaffold/storage.proto";\n',
    )
    home.edit(CONTRACT, "}\n\n// Keeps those who borrow books.", COPY_METHODS)
    home.edit(
        CONTRACT,
        "message Reader {\n",
        'message Reader {\n  option (scaffold.unique_together) = "display_name, email";\n',
    )
    home.write(CONTRACT, home.read(CONTRACT) + COPY)


REVIEW_METHODS = ("CreateReview", "GetReview", "ListReviews", "DeleteReview")


def names_and_order_change(home: Workplace) -> list[str]:
    """RPCs in another order, a filter, RPCs and a message under other names; the options that tell of the names."""
    head, _, rest = home.read(CONTRACT).partition("  // Puts up a shelf.\n")
    methods, _, tail = rest.partition("\n  // Returns one shelf.\n")
    shelf, _, others = tail.partition("\n  // Lists the shelves.\n")
    text = f"{head}  // Returns one shelf.\n{shelf}\n  // Puts up a shelf.\n{methods}"
    text += f"\n  // Lists the shelves.\n{others}"
    text = text.replace(
        "message ListReviewsRequest {\n", "message ListReviewsRequest {\n  string filter = 4;\n"
    )
    for name in REVIEW_METHODS:
        text = text.replace(f"rpc {name}(", f"rpc {name.replace('Review', 'Remark')}(")
    for old, new in (
        ("returns (Review)", "returns (Remark)"),
        ("message Review {", "message Remark {"),
        ("  Review review = 2", "  Remark remark = 2"),
        ("  string review_id = 3", "  string remark_id = 3"),
        ("repeated Review reviews", "repeated Remark remarks"),
        ("/reviews/{review}", "/reviews/{remark}"),
        ('body: "review"', 'body: "remark"'),
        ('"parent,review,review_id"', '"parent,remark,remark_id"'),
    ):
        assert old in text, old
        text = text.replace(old, new)
    home.write(CONTRACT, text)
    rpcs = [f"aip.v1.LibraryService.{name}={name.replace('Review', 'Remark')}" for name in REVIEW_METHODS]
    fields = [
        f"aip.v1.CreateReviewRequest.{name}={name.replace('review', 'remark')}"
        for name in ("review", "review_id")
    ]
    return [*rpcs, *fields, "aip.v1.ListReviewsResponse.reviews=remarks", "aip.v1.Review=Remark"]
