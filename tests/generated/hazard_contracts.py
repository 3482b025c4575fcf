"""What contracts in the wild hold, one row each: files by name, all of them generated into one project.

Each row has packages, and paths over HTTP, of its own, so that what fails tells its row. `HEAD` goes before every file
that says no syntax itself; `{}` in an RPC's path stands for the row.
"""

# ruff: noqa: E501  # contracts read best with a declaration on one line

from __future__ import annotations

import re

IMPORTS = """
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
"""


def echo(message: str, name: str = "Echo", path: str = "") -> str:
    """An RPC that takes and gives one message, bound to a path of its own."""
    bound = path or f"/{{row}}/{name}-{message.lower()}"
    return (
        f"  rpc {name}({message}) returns ({message}) {{\n"
        f'    option (google.api.http) = {{post: "{bound}" body: "*"}};\n  }}\n'
    )


def file(package: str, body: str, *, syntax: str = 'syntax = "proto3";', more: str = "") -> str:
    declared = f"package {package};\n" if package else ""
    return f"{syntax}\n{declared}{IMPORTS}{more}\n{body}\n"


def one(package: str, body: str, name: str = "", **options: str) -> dict[str, str]:
    """A row of one file, where its package says it is, with a service that echoes every message at its top."""
    path = name or f"{package.replace('.', '/')}/{package.partition('.')[0]}.proto"
    if not re.search(r"service \w+ *\{", body):
        messages = re.findall(r"(?:^|\} )message (\w+)", body, re.M)
        rpcs = "".join(echo(message, f"Echo{number}") for number, message in enumerate(messages))
        body += f"\nservice {package.partition('.')[0].capitalize()}Service {{\n{rpcs}}}\n"
    return {path: file(package, body, **options)}


def words(text: str) -> list[str]:
    return text.split()


def fields(names: str, kind: str = "string") -> str:
    return " ".join(f"{kind} {name} = {number};" for number, name in enumerate(names.split(), start=1))


KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with yield"
)
SOFT = "match case type _"
BUILTINS = (
    "filter id type property object input format list str int float bool bytes dict set tuple len max min map print "
    "hash next iter open sum vars zip super getattr setattr isinstance range sorted reversed any all"
)
OWN_NAMES = (
    "self cls request requests response context timeout metadata retry client channel message value key item items "
    "biz data gen kit service transport wiring config rpc use_case datetime dataclasses enum builtins pb2 field"
)

ROWS: dict[str, dict[str, str]] = {
    "fields called by keywords": one(
        "kwfields.v1",
        f"message A {{ {fields(KEYWORDS)} }} message B {{ {fields(KEYWORDS, 'repeated int64')} }}\n"
        f"message C {{ {fields(KEYWORDS, 'A')} }} message D {{ {fields(KEYWORDS, 'map<string, A>')} }}\n"
        f"message E {{ {fields(KEYWORDS, 'optional bytes')} }}",
    ),
    "fields called by soft keywords and builtins": one(
        "builtinfields.v1",
        f"message A {{ {fields(SOFT + ' ' + BUILTINS.replace(' type', ''))} }}\n"
        f"message B {{ {fields(BUILTINS, 'repeated int32')} }} message C {{ {fields(BUILTINS, 'optional A')} }}",
    ),
    "fields called like what generated code has": one(
        "ownfields.v1",
        f"message A {{ {fields(OWN_NAMES)} }} message B {{ {fields(OWN_NAMES, 'repeated A')} }}",
    ),
    "fields with underscores before and behind": one(
        "underfields.v1",
        "message A { string _private = 1; string __mangled = 2; string trailing_ = 3; string a__b = 4;"
        " string _ = 5; string x_1 = 7; A A = 8; }",
    ),
    "fields called like methods of messages that generated code does not call": one(
        "methodfields.v1",
        "message A { string name = 1; string Name = 2; string keys = 3; string values = 4; string add = 5;"
        " string append = 6; string get = 7; string update = 8; string extend = 9; string copy = 10; string mro = 11; }",
    ),
    "oneofs called by keywords and builtins": one(
        "oneofs.v1",
        "message A { oneof in { string from = 1; A class = 2; } oneof type { int32 id = 3; bool list = 4; }"
        " oneof a { bytes b = 5; google.protobuf.Empty c = 6; } oneof match { E e = 7; double d = 8; } }\n"
        "enum E { E_ZERO = 0; E_ONE = 1; }",
    ),
    "messages called like builtins and typing names": one(
        "msgnames.v1",
        "\n".join(
            f"message {name} {{ string text = 1; Inner inner = 2; }}"
            for name in words(
                "Warning ConnectionError ImportError Type Empty Value Message Optional Any List Dict Protocol "
                "AsyncIterator Callable Self Enum IntEnum Exception Mapping Context Method Page Container Config "
                "Database Base Channel Code ServiceError print object list"
            )
        )
        + "\nmessage Inner { string text = 1; }",
    ),
    "messages, enums and RPCs called by keywords": one(
        "kwtypes.v1",
        "message class { int32 x = 1; None none = 2; import i = 3; map<string, class> m = 4;"
        "  message import { class up = 1; int32 def = 2; enum lambda { L0 = 0; mro = 1; True = 2; } lambda l = 3; } }\n"
        "message None { class c = 1; pass p = 2; repeated class.import.lambda many = 3; }\n"
        "enum pass { P0 = 0; def = 1; }\n"
        f"service KwtypesService {{ {echo('class', 'import')} {echo('.kwtypes.v1.None', 'None', '/{row}/none')} {echo('class.import', 'pass')}"
        f" {echo('class', 'Try')} {echo('class', 'lambda')} rpc yield(stream class) returns (stream .kwtypes.v1.None); }}",
    ),
    "services called by keywords and builtins": one(
        "kwservices.v1",
        "message M { string text = 1; }\n"
        + "".join(
            f"service {name} {{ {echo('M', 'Do', '/{row}/' + name)} }}\n"
            for name in words("class None import pass Exception print object list in Match type lambda")
        ),
    ),
    "RPCs called by keywords and builtins, and like a client's attributes": one(
        "rpcnames.v1",
        "message M { string text = 1; repeated string list = 2; google.protobuf.ListValue json = 3; }\n"
        "service RpcnamesService {"
        + "".join(
            echo("M", name)
            for name in words(
                "Import List Eval Close Aclose Channel Print None Type Str Int Dict Set Self Request Methods "
                "GetIamPolicy Match Async Await Init Repr Target Metadata UseCase"
            )
        )
        + "rpc Stream(stream M) returns (stream M); }",
    ),
    "RPCs with underscores around them": one(
        "underrpcs.v1",
        "message M { string text = 1; }\nservice UnderrpcsService {"
        + "".join(
            echo("M", name, f"/{{row}}/r{number}")
            for number, name in enumerate(
                words("__init__ __private _channel _ __ __aenter__ _1 _use_case a__b")
            )
        )
        + "}",
    ),
    "collisions after snake case": one(
        "snakes.v1",
        "message A { string a_s_t = 1; string a_st = 2; string abc = 4;"
        " string Abc = 5; string ABC = 6; }\n"
        "message HTTPRule { string text = 1; } message HttpRule { string text = 1; } message HTTP_Rule { string t = 1; }\n"
        "message Outer { message Inner { string a = 1; } Inner inner = 1; }\n"
        "message Outer_Inner { string b = 1; } message OuterInner { string c = 1; }\n"
        "service SnakesService {"
        + echo("A", "GetURL", "/{row}/1")
        + echo("HTTPRule", "GetUrl", "/{row}/2")
        + echo("HttpRule", "get_url", "/{row}/3")
        + echo("HTTP_Rule", "get_u_r_l", "/{row}/4")
        + echo("Outer", "Get_URL", "/{row}/5")
        + echo("Outer_Inner", "O1", "/{row}/6")
        + echo("OuterInner", "O2", "/{row}/7")
        + "}",
    ),
    "acronyms": one(
        "acronyms.v1",
        "message IAMPolicy { string IAMName = 1; string AlloyDBCSQLAdmin = 2; }\n"
        f"service IAMPolicyAPI {{ {echo('IAMPolicy', 'GetSKAdNetworkConversionValueSchema')}"
        f" {echo('IAMPolicy', 'GetIAMPolicyV2')} {echo('IAMPolicy', 'A')} }}",
    ),
    "fields not in snake case and odd JSON names": one(
        "jsonnames.v1",
        'message A { string I_pv4_range = 1; int64 RAM = 2; string camelCase = 3; string a = 4 [json_name = "refresh-status"];'
        ' string b = 5 [json_name = "ID"]; string c = 6 [json_name = "1"]; string d = 7 [json_name = "a b.c"];'
        ' A nested = 8 [json_name = "Nested"]; repeated string e = 9 [json_name = "@type"]; }',
    ),
    "enums with aliases, digits, keywords, lower case": one(
        "enums.v1",
        "message A { AgeRange age = 1; repeated NodeType types = 2; map<string, Odd> odd = 3; optional Odd maybe = 4;"
        " oneof choice { AgeRange a = 5; Neg n = 6; } Only only = 7; }\n"
        "enum AgeRange { option allow_alias = true; AGE_RANGE_UNSPECIFIED = 0; AGE_RANGE_18_24 = 1; AGE_RANGE_YOUNG = 1;"
        " AGE_RANGE_OLD = 2; AGE_RANGE_SENIOR = 2; }\n"
        "enum NodeType { NODE_TYPE_UNSPECIFIED = 0; NODE_TYPE_OR = 1; NODE_TYPE_None = 2; }\n"
        "enum Odd { ODD_ZERO = 0; name = 1; value = 2; lower_case = 3; _private = 4; None = 5; mro = 6; keys = 7;"
        " DESCRIPTOR = 8; real = 9; items = 10; __x = 13; self = 14; import = 15; values = 16; }\n"
        "enum Neg { NEG_ZERO = 0; NEG_MINUS = -1; NEG_MIN = -2147483648; }\n"
        "enum Only { ONLY_ZERO = 0; }",
    ),
    "message called DESCRIPTOR": one(
        "descriptor.v1", "message DESCRIPTOR { string text = 1; } message Uses { DESCRIPTOR d = 1; }"
    ),
    "dots and dashes in file names": {
        "dotted/k8s.min.proto": file(
            "dotted",
            f"message M {{ string text = 1; Z z = 2; }} service Dotted {{ {echo('M')} }}",
            more='import "dotted/a-b.c_d.proto";',
        ),
        "dotted/a-b.c_d.proto": file("dotted", "message Z { string text = 1; }"),
        "dashed-folder/v1/dash-file.proto": file(
            "dashed.v1", f"message M {{ string text = 1; }} service Dashed {{ {echo('M', 'Dash')} }}"
        ),
    },
    "files called like keywords, builtins and modules": {
        f"filenames/{name}.proto": file(
            f"filenames.{name}x",
            f"message M {{ string text = 1; }} service {name.capitalize()}FileService {{ {echo('M', 'Do', '/{row}/' + name)} }}",
        )
        for name in words("import id type logging types io class empty_pb2 struct wrappers None typing")
    },
    "packages called like keywords and modules": {
        f"{folder}/v1/thing.proto": file(
            f"{folder.replace('/', '.')}.v1",
            "message Thing { string text = 1; }"
            f" service {folder.replace('/', ' ').title().replace(' ', '')}Pkg {{ {echo('Thing', 'Do', '/{row}/' + folder)} }}",
        )
        for folder in words(
            "in import logging/type types select grpc typing buf json hazards class/None self builtins kit biz gen "
            "google/logging/type enum asyncio pydantic structlog sqlalchemy"
        )
    },
    "package that differs from its folder, and no package": {
        "differs/here.proto": file(
            "quite.elsewhere.v3", f"message M {{ string text = 1; }} service Differs {{ {echo('M')} }}"
        ),
        "alone.proto": file(
            "", f"message NoPackage {{ string text = 1; }} service Alone {{ {echo('NoPackage')} }}"
        ),
        "folder/alone.proto": file(
            "",
            f"message NoPackage2 {{ NoPackage m = 1; }} service AloneToo {{ {echo('NoPackage2')} }}",
            more='import "alone.proto";',
        ),
    },
    "package of eight segments": one("deep.b.c.d.e.f.g.v1", "message M { string text = 1; }"),
    "one service name in several packages": {
        f"{folder}/model.proto": file(
            folder.replace("/", "."),
            "message Model { string name = 1; } message CreateModelRequest { Model model = 1; }"
            " message GetModelRequest { string name = 1; }\n"
            f" service ModelService {{ {echo('Model', 'Do', '/{row}/' + folder)} rpc GetModel(GetModelRequest) returns (Model);"
            " rpc CreateModel(CreateModelRequest) returns (Model); }",
        )
        for folder in (
            "models/a/v1",
            "models/a/v2",
            "models/a/v1beta1",
            "models/b/v1",
            "models/c",
            "models/b",
        )
    },
    "several services in a file, an empty one, nouns that collide": one(
        "several.v1",
        "message M { string text = 1; }\n"
        + "".join(
            f"service {name} {{ {echo('M', 'Do', '/{row}/' + str(number))} }}\n"
            for number, name in enumerate(
                words("Foo FooService foo FooTypes AsyncFoo GetURL GetUrl Foo_Service")
            )
        )
        + "service Empty {}",
    ),
    "requests and responses from other files and packages": {
        "others/v1/service.proto": file(
            "others.v1",
            f"service OthersService {{ {echo('others.types.Thing')} {echo('others.other.v1.Thing', 'Other')}"
            f" {echo('others.types.Thing.Part', 'Part')} }}",
            more='import "others/types.proto"; import "others/other/v1/types.proto";',
        ),
        "others/types.proto": file(
            "others.types",
            "message Thing { string text = 1; Part part = 2;"
            " message Part { Kind kind = 1; enum Kind { KIND_A = 0; KIND_B = 1; } } }",
        ),
        "others/other/v1/types.proto": file(
            "others.other.v1",
            "message Thing { others.types.Thing thing = 1; others.types.Thing.Part.Kind k = 2; }",
            more='import "others/types.proto";',
        ),
    },
    "nested messages as request and response, ten deep": one(
        "nested.v1",
        "".join(f"message L{number} {{ string t = 1; " for number in range(10))
        + "} " * 10
        + "\n"
        + f"service NestedService {{ {echo('L0.L1')}"
        + echo(".".join(f"L{number}" for number in range(10)), "Deep", "/{row}/deep")
        + "}",
    ),
    "well-known types as request and response": one(
        "wellknown.v1",
        "message M { string text = 1; }\nservice WellknownService {"
        + "".join(
            f"rpc {name}(google.protobuf.{name}) returns (google.protobuf.{name})"
            f' {{ option (google.api.http) = {{post: "/{{row}}/{name}" body: "*"}}; }}\n'
            for name in words(
                "Any Duration Empty FieldMask Struct Timestamp StringValue BytesValue BoolValue Int32Value Int64Value "
                "UInt32Value UInt64Value FloatValue DoubleValue Value ListValue"
            )
        )
        + "rpc Body(google.api.HttpBody) returns (google.api.HttpBody);"
        " rpc In(stream google.protobuf.Empty) returns (google.protobuf.Empty);"
        " rpc Out(google.protobuf.Empty) returns (stream google.protobuf.Empty);"
        " rpc Both(stream google.protobuf.Empty) returns (stream google.protobuf.Empty);"
        " rpc Bodies(stream google.api.HttpBody) returns (stream google.api.HttpBody); }",
    ),
    "public imports and recursive messages": {
        "public/v1/top.proto": file(
            "public.v1",
            f"message M {{ public.a.A a = 1; public.b.B b = 2; M m = 3; }} service Public {{ {echo('M')}"
            f" {echo('public.b.B', 'EchoB')} }}",
            more='import "public/a.proto";',
        ),
        "public/a.proto": file(
            "public.a", "message A { public.b.B b = 1; }", more='import public "public/b.proto";'
        ),
        "public/b.proto": file(
            "public.b",
            "message B { C c = 1; enum E { B_ZERO = 0; None = 1; } E e = 2; } message C { B b = 1; repeated C c = 2; }",
            more='import public "public/c.proto";',
        ),
        "public/c.proto": file("public.c", "message D { string text = 1; } enum E { C_ZERO = 0; def = 1; }"),
    },
    "proto2, required, groups, extensions, defaults": one(
        "prototwo.v1",
        "message A { required string text = 1; optional group Part = 2 { optional int32 x = 1; }"
        ' repeated group Parts = 3 { required string y = 1; } optional string def = 4 [default = "x"];'
        " extensions 100 to 199; optional E e = 5 [default = E_ONE]; repeated int32 packed = 6 [packed = true]; }\n"
        "extend A { optional string more = 100; optional A deep = 101; repeated int32 class = 102; }\n"
        "message Holder { extend A { optional Holder held = 103; } optional string text = 1; }\n"
        "enum E { E_ZERO = 0; E_ONE = 1; }\n"
        f"service PrototwoService {{ {echo('A')} {echo('A.Part', 'EchoPart')} {echo('Holder', 'EchoHolder')} }}",
        syntax='syntax = "proto2";',
    ),
    "a file without syntax": {
        "nosyntax/nosyntax.proto": "package nosyntax;\n"
        + IMPORTS
        + "message M { optional string text = 1; } service Nosyntax {"
        + echo("M")
        + "}",
    },
    "editions": one(
        "edition.v1",
        "message A { string text = 1; string implicit = 2 [features.field_presence = IMPLICIT]; repeated int32 n = 3"
        " [features.repeated_field_encoding = EXPANDED]; A sub = 4 [features.message_encoding = DELIMITED];"
        " int32 req = 5 [features.field_presence = LEGACY_REQUIRED]; E e = 6; }\n"
        "enum E { option features.enum_type = CLOSED; E_ONE = 1; E_TWO = 2; }",
        syntax='edition = "2023";',
    ),
    "oneofs, maps and proto3 optional of every kind": one(
        "kinds.v1",
        "message M { string text = 1; } enum E { E_ZERO = 0; E_ONE = 1; }\n"
        + "\n".join(
            f"message K{number} {{ {kind} a = 1; repeated {kind} b = 2; optional {kind} c = 3; oneof o {{ {kind} d = 4;"
            f" string e = 5; }} map<string, {kind}> f = 6; map<int64, {kind}> g = 7; map<bool, {kind}> h = 8; }}"
            for number, kind in enumerate(
                words(
                    "double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string "
                    "bytes E M google.protobuf.Timestamp google.protobuf.Duration google.protobuf.Struct "
                    "google.protobuf.Int64Value google.protobuf.Any google.protobuf.Empty "
                    "google.protobuf.ListValue google.protobuf.FieldMask"
                )
            )
        ),
    ),
    "no fields, three hundred fields, names of two hundred characters": one(
        "sizes.v1",
        "message None_ {} message Many { " + " ".join(f"string f{n} = {n};" for n in range(1, 301)) + " }\n"
        f"message {'Long' * 50} {{ string {'long' * 50} = 1; {'Long' * 50} {'m' * 200} = 2; }}\n"
        f"service SizesService {{ {echo('None_')} {echo('Many', 'EchoMany')}"
        f" {echo('Long' * 50, 'Echo' * 50, '/{row}/long')} }}",
    ),
    "files of enums, of extensions, of nothing": {
        "partial/enums.proto": file("partial", "enum E { E_ZERO = 0; E_ONE = 1; }"),
        "partial/extensions.proto": file(
            "partial",
            "extend google.protobuf.MessageOptions { optional string tag = 50001; }",
            syntax='syntax = "proto2";',
            more='import "google/protobuf/descriptor.proto";',
        ),
        "partial/nothing.proto": 'syntax = "proto3";\n',
        "partial/service.proto": file(
            "partial",
            'message M { option (tag) = "x"; E e = 1; repeated E es = 2; map<int32, E> em = 3; }'
            f" service Partial {{ {echo('M')} }}",
            more='import "partial/enums.proto"; import "partial/extensions.proto"; import "partial/nothing.proto";',
        ),
    },
    "comments that are hard to quote": one(
        "comments.v1",
        '// Ends with a quote "\n// and """three""", a \\ backslash \\N \\u \\d, {{ braces }} {% tags %} {# notes #}\n'
        "// a zero \u200b width space, non-ASCII \u00e9 \u6f22 \U0001f600, a form feed \x0c and # type: ignore\n"
        'message A {\n  // field """\n  string text = 1; // trailing \\\n  // """\n  string other = 2;\n}\n'
        '/* block " */ /** stars * / **/\nenum E {\n  // value \\\n  E_ZERO = 0; // "\n}\n'
        '// service ends in a backslash \\\nservice CommentsService {\n  // rpc """ \\N{x} {{ x }}\n'
        + echo("A")
        + '  /* "" */\n'
        + echo("A", "Echo2")
        + "  option deprecated = true; // \\d\n}",
    ),
    "streaming of every kind": one(
        "streams.v1",
        "message M { string text = 1; }\nservice StreamsService { rpc Server(M) returns (stream M)"
        ' { option (google.api.http) = {post: "/{row}/server" body: "*"}; }\n'
        " rpc Client(stream M) returns (M); rpc Both(stream M) returns (stream M); rpc list(stream M) returns (stream M); }",
    ),
    "bindings: additional, custom verbs, variables, bodies": one(
        "bindings.v1",
        "message P { string id = 1; Q q = 2; } message Q { string name = 1; int64 n = 2; }\n"
        "message A { string name = 1; P p = 2; int64 id = 3; E e = 4; optional string o = 5; repeated string r = 6;"
        " string text = 7; } enum E { E_ZERO = 0; E_ONE = 1; } message OnlyP { P p = 1; }\n"
        "service BindingsService {\n"
        ' rpc Many(A) returns (A) { option (google.api.http) = {get: "/{row}/a/{name}" additional_bindings {post: "/{row}/b"'
        ' body: "*"} additional_bindings {put: "/{row}/c/{id}" body: "p"} additional_bindings {custom {kind: "LINK" path:'
        ' "/{row}/d"}} additional_bindings {delete: "/{row}/e/{p.q.name}/{p.id}"}}; }\n'
        ' rpc Verb(A) returns (A) { option (google.api.http) = {post: "/{row}/v/{name=x/*}:cancel" body: "*"}; }\n'
        ' rpc Plain(A) returns (A) { option (google.api.http) = {post: "/{row}/v/{name=x/*}" body: "*"}; }\n'
        ' rpc Deep(A) returns (A) { option (google.api.http) = {get: "/{row}/w/{name=y/**}"}; }\n'
        ' rpc Response(A) returns (OnlyP) { option (google.api.http) = {post: "/{row}/r" body: "*" response_body: "p"}; }\n'
        ' rpc Enum(A) returns (A) { option (google.api.http) = {patch: "/{row}/n/{e}/{o}" body: "text"}; }\n'
        ' rpc List(A) returns (A) { option (google.api.http) = {get: "/{row}/backends/listUsable"}; }\n'
        ' rpc Get(A) returns (A) { option (google.api.http) = {get: "/{row}/backends/{name}"}; }\n'
        "}",
    ),
}


def rows() -> dict[str, dict[str, str]]:
    """The rows with paths over HTTP of their own."""
    return {
        row: {name: text.replace("{row}", f"h{number}") for name, text in files.items()}
        for number, (row, files) in enumerate(ROWS.items())
    }
