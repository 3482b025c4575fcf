"""`protoc-gen-scaffold`, run by the real protoc and the real buf."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

from scaffolder.app.plugin import PluginOptions, respond
from scaffolder.cli.main import main
from scaffolder.contract.protoc import compile_contract
from scaffolder.contract.wellknown import common_root
from scaffolder.diagnostics import ScaffoldError
from scaffolder.resources import sample_protos_dir
from tests.care.conftest import BUF
from tests.care.support import packaged
from tests.workspace.support import fill

REPOSITORY = Path(__file__).parents[2]
CODE = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from scaffolder.cli.plugin import main; sys.exit(main())"
HEAD = 'syntax = "proto3"; package shop.v1; '


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin as an executable, as an installation makes one of the entry point."""
    path = tmp_path_factory.mktemp("bin") / "protoc-gen-scaffold"
    path.write_text(f"#!{sys.executable}\n{CODE}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of every sample contract, with what `proto client` writes alone."""
    folder = tmp_path_factory.mktemp("project")
    protos = str(sample_protos_dir())
    assert main(["new", "order-service", "--proto", protos, "-o", str(folder), "--no-input", "-q"]) == 0
    root = folder / "order-service"
    for path in (root / "src", root / ".scaffold", root / "clients"):
        subprocess.run(["rm", "-r", str(path)], check=True)
    assert main(["proto", "client", "-C", str(root), "-q"]) == 0
    return root


def below(folder: Path) -> dict[str, bytes]:
    """Every file of the generated package that is the machine's, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".gitignore" and path != folder / "order_service/__init__.py"
    }


def own(project: Path) -> list[str]:
    return sorted(path.relative_to(project / "api").as_posix() for path in (project / "api").rglob("*.proto"))


def protoc(
    plugin: Path, root: Path, output: Path, names: list[str], *flags: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{root}", f"-I{common_root()}"]
    command += [f"--plugin=protoc-gen-scaffold={plugin}", f"--scaffold_out={output}", *flags, *names]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def buf(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BUF), "generate", *arguments], cwd=root, capture_output=True, text=True, check=False
    )


def test_protoc_gets_what_the_tool_writes(plugin: Path, project: Path, tmp_path: Path) -> None:
    """Byte for byte: messages, stubs, clients, servers, kit."""
    done = protoc(plugin, project / "api", tmp_path, own(project), "--scaffold_opt=package=order_service")
    assert (done.returncode, done.stderr) == (0, "")
    written = below(tmp_path)
    assert written == below(project / "src")
    assert len(written) > 60


@pytest.mark.parametrize("extra", [[], ["--include-imports", "--include-wkt"]])
def test_buf_gets_what_the_tool_writes(plugin: Path, project: Path, tmp_path: Path, extra: list[str]) -> None:
    """The same from buf's own compiler, also where it is told to generate what is imported."""
    vendored = packaged(Path("third_party"), "google/api", "google/type")
    contracts = {f"api/{name}": (project / "api" / name).read_text(encoding="utf-8") for name in own(project)}
    fill(tmp_path, {**vendored, **contracts})
    fill(
        tmp_path,
        {
            "buf.yaml": "version: v2\nmodules:\n  - path: api\n  - path: third_party\n",
            "buf.gen.yaml": f"""\
version: v2
plugins:
  - local: "{plugin}"
    out: src
    strategy: all
    opt:
      - package=order_service
inputs:
  - directory: api
""",
        },
    )
    done = buf(tmp_path, *extra)
    assert (done.returncode, done.stderr) == (0, "")
    assert below(tmp_path / "src") == below(project / "src")


def test_output_is_imported_and_called(plugin: Path, tmp_path: Path) -> None:
    """A message of an edition, and one with an optional field, out of a package that nothing else made."""
    text = (
        'edition = "2023"; package shop.v1; message A { string b = 1; } service S { rpc Get(A) returns (A); }'
    )
    fill(tmp_path, {"in/shop/v1/a.proto": text})
    fill(tmp_path, {"in/shop/v1/b.proto": f"{HEAD}message B {{ optional string c = 1; }}"})
    (tmp_path / "out").mkdir()
    names = ["shop/v1/a.proto", "shop/v1/b.proto"]
    done = protoc(plugin, tmp_path / "in", tmp_path / "out", names, "--scaffold_opt=package=shop")
    assert (done.returncode, done.stderr) == (0, "")
    code = """
from shop.gen.shop.v1 import a_pb2, b_pb2, s_client, s_server
from shop.client import AsyncSClient
print(a_pb2.A(b="x").HasField("b"), b_pb2.B().HasField("c"), AsyncSClient.__name__)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "out", capture_output=True, text=True, check=False
    )
    assert ran.stdout == "True False AsyncSClient\n", ran.stderr


def test_only_what_is_asked_for(plugin: Path, tmp_path: Path) -> None:
    """Messages of an import are left to whoever generates it; that they will be missing is told."""
    fill(tmp_path, {"in/a.proto": f'{HEAD}import "b.proto"; message A {{ B b = 1; }}'})
    fill(tmp_path, {"in/b.proto": f"{HEAD}message B {{}}"})
    (tmp_path / "out").mkdir()
    flags = ["--scaffold_opt=package=shop", "--scaffold_opt=kit=false,client=false"]
    done = protoc(plugin, tmp_path / "in", tmp_path / "out", ["a.proto"], *flags)
    assert done.returncode == 0
    assert done.stderr == (
        "protoc-gen-scaffold: shop.gen will import what this run does not make: b.proto; "
        "generate them too (buf: include_imports: true; protoc: name them)\n"
    )
    files = {path for path in below(tmp_path / "out") if not path.endswith("/__init__.py")}
    assert files == {"shop/gen/a_pb2.py", "shop/gen/a_pb2.pyi", "shop/py.typed"}


def request(text: str, parameter: str, *names: str) -> bytes:
    """A request as protoc makes one, for contracts written below."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        fill(Path(folder), {"a.proto": text})
        files = descriptor_pb2.FileDescriptorSet.FromString(
            compile_contract(["a.proto"], [Path(folder)])
        ).file
    return plugin_pb2.CodeGeneratorRequest(
        file_to_generate=names or ["a.proto"], parameter=parameter, proto_file=files
    ).SerializeToString()


def answer(content: bytes) -> plugin_pb2.CodeGeneratorResponse:
    return plugin_pb2.CodeGeneratorResponse.FromString(respond(content))


def test_features() -> None:
    """Optional fields and the editions up to 2024 are announced, with an error as well."""
    for parameter in ("package=shop", "nonsense"):
        got = answer(request(f"{HEAD}message A {{}}", parameter))
        assert got.supported_features == 3
        assert (got.minimum_edition, got.maximum_edition) == (
            descriptor_pb2.EDITION_PROTO2,
            descriptor_pb2.EDITION_2024,
        )
        assert bool(got.error) == (parameter == "nonsense")


@pytest.mark.parametrize(
    ("leave", "gone"),
    [
        ("kit=false", "shop/kit/"),
        ("client=false", "shop/client.py"),
        ("client=false", "shop/gen/s_client.py"),
    ],
)
def test_parts_can_be_left_out(leave: str, gone: str) -> None:
    """The runtime, for one who has it already; the clients."""
    text = f"{HEAD}message A {{}} service S {{ rpc Get(A) returns (A); }}"
    whole = {file.name for file in answer(request(text, "package=shop")).file}
    less = {file.name for file in answer(request(text, f"package=shop,{leave}")).file}
    assert less < whole
    assert any(name.startswith(gone) for name in whole)
    assert not any(name.startswith(gone) for name in less)
    assert {"shop/gen/s_rpc.py", "shop/gen/s_server.py", "shop/gen/a_pb2.py"} <= less


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ("", "no package is given"),
        ("package", "`package`: has no value"),
        ("package=", "`package`: `` is no name of a Python package"),
        ("package=a.b", "`a.b` is no name of a Python package"),
        ("package=class", "`class` is no name of a Python package"),
        ("package=a,package=b", "`package` is given twice"),
        ("package=a,kits=true", "there is no option `kits`\n  try: did you mean `kit`?"),
        ("package=a,kit=no", "`kit` is true or false, not `no`"),
        ("package=a,client", "`client` is true or false, not ``"),
    ],
)
def test_options_with_a_mistake(parameter: str, said: str) -> None:
    """Each is an error in the answer, all of them at once."""
    with pytest.raises(ScaffoldError):
        PluginOptions.parse(parameter)
    got = answer(request(f"{HEAD}message A {{}}", parameter))
    assert said in got.error
    assert not got.file


def test_contract_with_a_mistake(plugin: Path, tmp_path: Path) -> None:
    """What no other plugin minds is told at its place, by way of protoc."""
    text = f"""\
{HEAD}
import "google/api/annotations.proto";
message A {{}}
service S {{
  rpc Get(A) returns (A) {{ option (google.api.http) = {{get: "/v1/{{name}}"}}; }}
}}
"""
    fill(tmp_path, {"a.proto": text})
    done = protoc(plugin, tmp_path, tmp_path, ["a.proto"], "--scaffold_opt=package=shop")
    assert done.returncode == 1
    assert "a.proto:5:28: error[http-variable]: shop.v1.S.Get: the path variable name" in done.stderr
    assert "Traceback" not in done.stderr


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        input=given,
        capture_output=True,
        check=False,
        env=os.environ,
    )


def test_by_hand() -> None:
    """Who runs it without protoc learns what it is."""
    assert run("--version").stdout.startswith(b"protoc-gen-scaffold ")
    assert (run("--help").returncode, run("--nonsense").returncode) == (0, 2)
    assert b"buf.gen.yaml" in run("--help").stdout
    garbage = run(given=b"\xff\xff\xff\xff")
    assert (garbage.returncode, garbage.stdout) == (2, b"")
    assert garbage.stderr.startswith(b"protoc-gen-scaffold: error[plugin-request]: this is no request")


def test_fault_of_the_tool_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Even then the answer is one that protoc can print."""
    import io

    from scaffolder.app import pipeline
    from scaffolder.cli import plugin as entry

    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(pipeline, "machine_part", broken)
    content = request(f"{HEAD}message A {{}}", "package=shop")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    monkeypatch.setattr("sys.argv", ["protoc-gen-scaffold"])
    assert entry.main() == 0
    got = plugin_pb2.CodeGeneratorResponse.FromString(capfdbinary.readouterr().out)
    assert got.error.startswith("internal error: RuntimeError: boom")
