"""Names of a contract that meet names which the generated code uses itself."""

import keyword
from typing import Any

import pytest

from scaffolder.contract.model import Contract, Method, Service
from scaffolder.targets.python.modules import Imports, rewrite_enums, rewrite_keywords
from scaffolder.targets.python.views import ProjectViews
from tests.contract_text import Load

CRUD = """
  rpc CreateX(CreateXRequest) returns (X);
  rpc GetX(GetXRequest) returns (X);
"""
STORED = """
message X { string name = 1; FIELDS }
message CreateXRequest { X payload = 1; }
message GetXRequest { string name = 1; }
"""


def layers(contract: Contract, service: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = list(ProjectViews(contract, "shop", "shop").nouns.values())[service]["service"]
    return found


def methods(load: Load, *names: str) -> list[dict[str, Any]]:
    rpcs = "".join(f"rpc {name}(M) returns (M); " for name in names)
    found: list[dict[str, Any]] = layers(load(f"message M {{}} service GreetService {{ {rpcs} }}"))["methods"]
    return found


def stored(load: Load, name: str, fields: str = "", more: str = "") -> dict[str, Any]:
    """The view of the repository of a resource called `name`."""
    text = (STORED + f"service ShopService {{ {CRUD} }}").replace("FIELDS", fields).replace("X", name)
    found: dict[str, Any] = layers(load(text + more))["repositories"][0]
    return found


@pytest.mark.parametrize("name", ["Value", "Struct", "ListValue", "Duration", "Timestamp"])
def test_message_called_like_a_well_known_type(load: Load, name: str) -> None:
    """kit/convert.py has `value_from` for google.protobuf.Value, and the mapping imports it."""
    view = layers(load(f"message {name} {{}} service S {{ rpc Do({name}) returns ({name}); }}"))
    [conversion] = view["conversions"]
    assert conversion.stem.endswith("_message")
    assert view["methods"][0]["biz_argument"] == f"{conversion.stem}_from(request)"


def test_message_of_underscores_alone(load: Load) -> None:
    """`__from` inside a class would be another name."""
    [conversion] = layers(load("message _ {} service S { rpc Do(_) returns (_); }"))["conversions"]
    assert not conversion.stem.startswith("_")


def test_rpc_called_methods(load: Load) -> None:
    """METHODS is the tuple of all of them."""
    assert methods(load, "Methods")[0]["constant"] == "METHODS_"


def test_rpc_called_by_a_type_that_signatures_name(load: Load) -> None:
    assert [m["snake"] for m in methods(load, "Str", "Type", "Float")] == ["str_", "type_", "float_"]


def test_rpc_that_begins_with_an_underscore(load: Load) -> None:
    """`self._channel` and `self._use_case` are the classes' own."""
    assert [m["snake"] for m in methods(load, "_channel", "_use_case", "_")] == ["channel", "use_case", "rpc"]


def test_message_called_async_iterator_in_the_synchronous_client(load: Load) -> None:
    text = "message AsyncIterator {} service S { rpc Do(stream AsyncIterator) returns (AsyncIterator); }"
    [method] = layers(load(text))["methods"]
    assert method["parameter"] == "requests: AsyncIterator[shop_pb2.AsyncIterator]"
    assert method["sync_parameter"] == "requests: Iterator[shop_pb2.AsyncIterator]"


@pytest.mark.parametrize(
    "name", ["Class", "Import", "Query", "Row", "Session", "Type", "Request", "Key", "Str"]
)
def test_resource_whose_variable_would_hide_another(load: Load, name: str) -> None:
    found = stored(load, name)
    variable = found["stored"].variable
    assert variable == f"{name.lower()}_"
    assert not keyword.iskeyword(variable)
    assert found["property"] == f"{name.lower()}_repository"


@pytest.mark.parametrize("name", ["Base", "Database", "Index", "Mapped", "NotFoundError"])
def test_resource_called_like_a_class_that_its_table_uses(load: Load, name: str) -> None:
    assert stored(load, name)["entity"] == f"{name}Message"


def test_message_called_like_a_class_of_the_table_is_free_where_nothing_is_stored(load: Load) -> None:
    view = layers(load("message Database {} service S { rpc Do(Database) returns (Database); }"))
    assert view["type_names"] == ["Database"]


def test_columns_that_would_hide_what_the_table_uses(load: Load) -> None:
    found = stored(
        load, "Thing", "string Mapped = 2; string JsonOf = 3; string metadata = 4; string _sa_x = 5;"
    )
    assert [column.attribute for column in found["table"].columns] == [
        "name",
        "Mapped_",
        "JsonOf_",
        "metadata_",
        "column_sa_x",
    ]


def test_column_that_hides_the_type_of_another(load: Load) -> None:
    """In the class body `int` would be the column."""
    found = stored(load, "Thing", "string int = 2; repeated int32 many = 3;")
    line = "many: Mapped[list[builtins.int]] = mapped_column(JsonOf(list[builtins.int]))"
    assert found["table"].columns[2].definition == line


def test_sample_field_is_never_a_keyword(load: Load) -> None:
    assert stored(load, "Thing", "string from = 2; string title = 3;")["sample_path"] == "title"


def test_two_services_that_store_the_same_resource(load: Load) -> None:
    """Each has a table and a repository of its own; the plain names belong to the service called like it."""
    text = STORED.replace("X", "Book").replace("FIELDS", "")
    services = [f"service {name}Service {{ {CRUD.replace('X', 'Book')} }}" for name in ("Admin", "Book")]
    views = ProjectViews(load(text + "".join(services)), "shop", "shop").nouns
    found = {noun: view["service"]["repositories"][0] for noun, view in views.items()}
    assert [(r["class"], r["property"], r["table"].name) for r in (found["book"], found["admin"])] == [
        ("BookRepository", "book_repository", "books"),
        ("AdminBookRepository", "admin_book_repository", "admin_books"),
    ]
    assert views["admin"]["service"]["methods"][0]["stored"].repository == "self._admin_book_repository"


def test_repository_of_a_resource_beside_a_service_called_like_it(load: Load) -> None:
    text = (STORED + f"service ShopService {{ {CRUD} }}").replace("FIELDS", "").replace("X", "Book")
    views = ProjectViews(load(text + "service BookService {}"), "shop", "shop").nouns
    properties = [each["property"] for view in views.values() for each in view["service"]["repositories"]]
    assert properties == ["shop_book_repository"]


def test_contract_file_called_like_one_of_googles(load: Load) -> None:
    """Templates import google.protobuf's empty_pb2 under its own name."""
    contract = load("message M {}", name="shop/v1/empty.proto")
    imports = Imports(contract, "shop.gen")
    assert imports.module_of(contract.messages["shop.v1.M"]) == "v1_empty_pb2"


def test_enum_of_googleapis_common_protos_has_no_value_type(load: Load) -> None:
    """Its stub is protoc's own: the class is the type of its values."""
    contract = load('import "google/rpc/code.proto"; message M { google.rpc.Code code = 1; }')
    code = contract.enums["google.rpc.Code"]
    assert Imports(contract, "shop.gen").enum_value(code) == "cast(code_pb2.Code, int({value}))"
    stub = "def code(self) -> _code_pb2.Code.ValueType: ...\ndef own(self) -> my_code_pb2.Code.ValueType: ..."
    assert rewrite_enums(stub, [(code, "google.rpc")]).count("ValueType") == 1


def test_rpc_called_by_a_keyword_in_grpcs_own_module() -> None:
    """gRPC's plugin writes `self.None = channel…`, which is no Python."""
    text = (
        "class S:\n"
        "    def __init__(self, channel):\n"
        "        self.None = channel.unary_unary('/S/None')\n"
        "    def None(self, request):\n"
        "        return None\n"
        "def add(servicer):\n"
        "    call(\n"
        "        servicer.None,\n"
        "        'None')\n"
    )
    mended = rewrite_keywords(text, [Service("S", "S", "s.proto", (Method("None", "S.None", "M", "M"),))])
    compile(mended, "s_pb2_grpc.py", "exec")
    assert "'/S/None'" in mended and "return None\n" in mended


def test_service_and_rpc_with_names_of_pythons_own_in_grpcs_module() -> None:
    text = (
        "class importStub:\n"
        "    def __init__(self, channel):\n"
        "        self.__init__ = channel.unary_unary('/import/__init__')\n"
        "class importServicer:\n"
        "    def __init__(self, request, context):\n"
        "        pass\n"
        "class import:\n"
        "    def __init__(request):\n"
        "        pass\n"
    )
    rpcs = (Method("__init__", "import.__init__", "M", "M"),)
    mended = rewrite_keywords(text, [Service("import", "import", "s.proto", rpcs)])
    compile(mended, "s_pb2_grpc.py", "exec")
    assert mended.count("def __init__(self, channel)") == 1
    assert mended.count("def __init___(") == 2
    assert "class import_:" in mended and "'/import/__init__'" in mended


def test_rpc_called_list_beside_one_that_takes_a_list(load: Load) -> None:
    """In the class body of the use case, `list` is the RPC."""
    head = 'import "google/protobuf/struct.proto"; message M {} '
    rpcs = "rpc Json(google.protobuf.ListValue) returns (google.protobuf.ListValue);"
    plain = layers(load(f"{head} service GreetService {{ {rpcs} }}"))["methods"][0]
    assert plain["biz_parameter"] == ", request: list[Any]"
    beside = layers(load(f"{head} service GreetService {{ {rpcs} rpc List(M) returns (M); }}"))["methods"][0]
    assert beside["biz_parameter"] == ", request: builtins.list[Any]"
    assert beside["biz_result"] == "builtins.list[Any]"
