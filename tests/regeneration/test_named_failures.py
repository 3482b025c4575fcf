"""What went wrong in other tools of this kind, and does not here. Each test is named after the report of it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.generated.projects import scaffold

from .contract_cases import (
    BIZ,
    GRPC,
    HANDLERS,
    HTTP,
    WIRING,
    added_in_the_middle,
    other_service_removed,
    removed,
    service_added,
    service_added_in_a_file,
)
from .contract_life import ORDER, PAYMENT, START, change, copy_of, files
from .support import Workplace

pytestmark = pytest.mark.slow

ADDED = added_in_the_middle(START)
PLACE = '        raise UnimplementedError("order.v1.OrderService.PlaceOrder")\n'
FIND = '        raise UnimplementedError("order.v1.OrderService.FindOrder")\n'
IMPORT = "from shop.kit.errors import UnimplementedError\n"
SLUG = "{{ cookiecutter.project_slug }}"


@pytest.fixture
def home(untouched: Path, tmp_path: Path) -> Workplace:
    return copy_of(untouched, tmp_path)


def fails_and_leaves_everything(home: Workplace, *command: str) -> str:
    """Runs a command that fails; everything is as it was, times too. What it said."""
    before = home.state()
    result = home.scaffold(*command)
    assert result.returncode == 2, result.stdout + result.stderr
    assert home.state() == before
    return result.stderr


# What is there goes before what is new has come.


def test_kratos_new_removes_the_target_before_it_fetches(tmp_path: Path) -> None:
    """`new` over a folder that is there, with a template that cannot be had: the folder stays, byte for byte."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/work.txt").write_text("a week of it\n")
    for source in (["--template", str(tmp_path / "nowhere")], []):
        result = scaffold("new", "shop", *source, "--no-input", folder=tmp_path)
        assert result.returncode == 2
        assert [path.name for path in tmp_path.iterdir()] == ["shop"]
        assert (tmp_path / "shop/work.txt").read_text() == "a week of it\n"


@pytest.mark.parametrize("fault", ["hook", "variable"])
def test_cookiecutter_629_and_975_failing_template_takes_the_target_along(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template whose hook or text fails: nothing is made, and nothing that was there is gone."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COOKIECUTTER_CONFIG", raising=False)
    put(tmp_path / "template/cookiecutter.json", json.dumps({"project_name": "x", "project_slug": "shop"}))
    put(tmp_path / f"template/{SLUG}/a.txt", "{{ cookiecutter.nope }}\n" if fault == "variable" else "a\n")
    if fault == "hook":
        put(tmp_path / "template/hooks/post_gen_project.py", "raise SystemExit(1)\n")
    put(tmp_path / "here/shop-old/work.txt", "a week of it\n")
    command = ("new", "shop", "--template", "../template", "--no-input")
    result = scaffold(*command, folder=tmp_path / "here")
    assert result.returncode == 2, result.stdout
    assert "error[template]" in result.stderr
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["shop-old"]
    put(tmp_path / "here/shop/work.txt", "a week of it\n")
    assert scaffold(*command, folder=tmp_path / "here").returncode == 2
    assert (tmp_path / "here/shop/work.txt").read_text() == "a week of it\n"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (f"api/{ORDER}", "message FindOrderRequest {", "message FindOrderRequest"),
        (f"api/{ORDER}", "returns (Order);", "returns (NoSuchMessage);"),
        ("scaffold.yaml", f"  - {ORDER}\n", "  - order/v1/gone.proto\n"),
        ("scaffold.yaml", "contracts:\n", "contracts: [\n"),
    ],
    ids=["syntax", "unknown type", "contract that is gone", "scaffold.yaml"],
)
def test_gqlgen_112_1211_and_3505_outputs_are_unlinked_before_the_input_is_read(
    path: str, old: str, new: str, home: Workplace
) -> None:
    """A contract or configuration with a mistake: the run fails, and every generated file is still there."""
    home.edit(path, old, new)
    fails_and_leaves_everything(home, "generate")
    fails_and_leaves_everything(home, "generate", "--prune")
    fails_and_leaves_everything(home, "upgrade")


def test_kubebuilder_5957_the_wrong_directory_is_cleaned(home: Workplace, tmp_path: Path) -> None:
    """`-C` names another folder than the one the user is in: nothing of the latter changes."""
    other = tmp_path / "elsewhere"
    put(other / "src/shop/biz/order.py", "mine = 1\n")
    put(other / "README.md", "mine\n")
    change(home, START, other_service_removed(START))
    result = scaffold("generate", "-C", str(home.root), folder=other)
    assert result.returncode == 0, result.stderr
    assert not (home.root / "src/shop/biz/payment.py").exists()
    found = sorted(path.relative_to(other).as_posix() for path in other.rglob("*") if path.is_file())
    assert found == ["README.md", "src/shop/biz/order.py"]


def test_kubebuilder_6049_a_tree_is_left_half_deleted(home: Workplace) -> None:
    """A run that deletes and then cannot write: what it deleted is there again."""
    change(home, START, service_added_in_a_file(other_service_removed(START)))
    (home.root / "src/shop/biz/refund.py").mkdir()
    fails_and_leaves_everything(home, "generate")
    assert (home.root / "src/shop/biz/payment.py").exists()


# What is written is not what was meant.


def test_gqlgen_3067_bodies_with_odd_text_make_invalid_output(home: Workplace) -> None:
    '''A body that holds `"""`, `{{`, `\\`, `#}` and a comment of several lines stands verbatim, and the file parses.'''
    body = (
        "        # A comment\n"
        "        #\n"
        "        # of several lines, with {{ braces }} and {% tags %} {# and #} and `ticks`.\n"
        "        text = '''\n"
        '"""not the end""" {{ request.customer }} {% raw %}\n'
        "def place_order(self): ...\n"
        "'''\n"
        '        path = r"C:\\new\\table" + "\\\\" + "\\"\\"\\""\n'
        '        return Order(customer=f"{{{request.customer}}}{text}{path}")\n'
    )
    home.edit(BIZ, PLACE, body)
    change(home, START, ADDED)
    home.generate()
    assert body in home.read(BIZ)
    assert home.read(BIZ).count("async def place_order(") == 1
    compile(home.read(BIZ), BIZ, "exec")


def test_gqlgen_3067_invalid_output_is_written_anyway(home: Workplace) -> None:
    """A comment of the contract that would end a docstring does not, and a template that makes no Python is refused."""
    text = START.edit(("// Places an order.", '// Places """ an \\ order {{ and }} {% more %}"'))
    change(home, START, text)
    home.generate()
    for path in (BIZ, HANDLERS):
        compile(home.read(path), path, "exec")
    home.write(".scaffold/templates/src/PACKAGE/biz/NOUN.py.j2", "def (:\n")
    assert "mend your template" in fails_and_leaves_everything(home, "generate")


def test_gqlgen_1171_an_import_is_swapped_for_another_of_its_name(home: Workplace) -> None:
    """The user imports `errors` of their own; a run that adds imports leaves it, and adds none of that name."""
    home.write("src/shop/errors.py", "class Broken(Exception):\n    pass\n")
    home.edit(BIZ, IMPORT, f"from shop import errors\n{IMPORT}")
    home.edit(BIZ, PLACE, "        raise errors.Broken(request.customer)\n")
    change(home, START, ADDED)
    home.generate()
    assert "from shop import errors\n" in home.read(BIZ)
    assert len(re.findall(r"^(?:from|import) .*\berrors$", home.read(BIZ), re.M)) == 1
    home.project.run("ruff", "check", "--quiet", "--select", "F", BIZ)


def test_gqlgen_1123_an_import_that_is_needed_is_dropped(home: Workplace) -> None:
    """Imports of the user's, used or used in a string alone or not at all, are there after RPCs came and went."""
    own = (
        "import asyncio\nimport json as codec\nfrom collections import OrderedDict as Ordered  # noqa: F401\n"
    )
    future = "from __future__ import annotations\n\n"
    home.edit(BIZ, future, f"{future}{own}\n")
    home.edit(BIZ, PLACE, "        await asyncio.sleep(0)\n        return Order(customer=codec.dumps(1))\n")
    change(home, START, removed(ADDED))
    home.generate()
    for line in own.splitlines(keepends=True):
        assert line in home.read(BIZ)


def test_gqlgen_1045_helpers_are_moved_or_commented_out(home: Workplace) -> None:
    """Functions, methods and constants of the user's between the generated ones stay where they are, as they are."""
    between = "def helper(name: str) -> str:\n    return name.title()\n\n\nLIMIT = 3\n\n\n"
    method = "    def _hidden(self) -> int:\n        return LIMIT\n\n"
    home.edit(BIZ, "class OrderUseCase:\n", f"{between}class OrderUseCase:\n")
    home.edit(BIZ, "    async def count_orders(", f"{method}    async def count_orders(")
    change(home, START, ADDED)
    home.generate()
    text = home.read(BIZ)
    assert f"{between}class OrderUseCase:\n" in text
    assert f"{method}    async def count_orders(" in text
    assert text.index("async def cancel_order(") < text.index("def _hidden(")


def test_kubebuilder_3495_an_edited_fragment_is_inserted_again(home: Workplace) -> None:
    """The registration of a service that the user gave arguments of their own is not put in a second time."""
    home.edit(
        WIRING,
        "        return OrderService(self.order_use_case)\n",
        "        return OrderService(use_case=self.order_use_case)\n",
    )
    home.edit(
        GRPC,
        "            bind_order_service(container.order_service),\n",
        "            bind_order_service(\n                container.order_service,\n            ),  # the busiest\n",
    )
    for new in (service_added(START), service_added_in_a_file(service_added(START)).without(PAYMENT)):
        change(home, START if new.files.keys() == START.files.keys() else service_added(START), new)
        home.generate()
        assert len(re.findall(r"bind_order_service\(", home.read(GRPC))) == 1
        assert home.read(WIRING).count("def order_service(") == 1
        assert "OrderService(use_case=self.order_use_case)" in home.read(WIRING)
        assert "  # the busiest" in home.read(GRPC)


def test_gf_4217_a_reformatted_signature_is_generated_a_second_time(home: Workplace) -> None:
    """A handler whose signature the user broke over lines is still that handler."""
    home.edit(
        HANDLERS,
        "    async def place_order(self, request: order_pb2.PlaceOrderRequest, context: Context) -> order_pb2.Order:\n",
        "    async def place_order(\n        self,\n        request: order_pb2.PlaceOrderRequest,\n"
        "        context: Context,\n    ) -> order_pb2.Order:\n",
    )
    change(home, START, ADDED)
    home.generate()
    assert home.read(HANDLERS).count("async def place_order(") == 1
    assert "        self,\n        request: order_pb2.PlaceOrderRequest,\n" in home.read(HANDLERS)


def test_hertz_1488_an_edited_registration_is_inserted_twice(home: Workplace) -> None:
    """Registrations that the user rewrote in other words, through a name, are not doubled by the next ones."""
    home.edit(
        HTTP,
        "            bind_order_service(container.order_service),\n",
        "            orders,\n",
    )
    home.edit(
        HTTP,
        "    return HttpServer(\n",
        "    orders = bind_order_service(container.order_service)\n    return HttpServer(\n",
    )
    change(home, START, service_added(START))
    home.scaffold("generate")
    text = home.read(HTTP)
    assert text.count("bind_order_service(") == 1
    assert text.count("            orders,\n") == 1
    assert text.count("bind_refund_service(") <= 1
    compile(text, HTTP, "exec")


# What is said is not what was done.


def test_cruft_44_a_change_is_dropped_in_silence(home: Workplace) -> None:
    """What cannot be applied is named, in text and in JSON, again and again until it is settled."""
    home.edit(BIZ, '        """Places an order."""\n', '        """Mine."""\n')
    change(home, START, START.edit(("// Places an order.", "// Theirs.")))
    for _ in range(2):
        told = home.generate(code=1)
        assert f"conflict {BIZ}" in told
        assert "OrderUseCase.place_order" in told
        report = home.report(code=1)
        assert len(report["conflicts"]) == 1
        shown = home.read(next(item["proposal"] for item in report["changes"] if item["proposal"]))
        assert "Mine." in shown
        assert "Theirs." in shown
        assert "Places an order." in shown
    assert home.scaffold("check").returncode == 1


def test_cruft_47_success_is_reported_although_nothing_was_applied(home: Workplace) -> None:
    """A file that cannot be merged at all: exit code 1, the file named, the base stays; mended, it catches up."""
    home.edit(BIZ, "class OrderUseCase:\n", "class OrderUseCase(:\n")
    change(home, START, ADDED)
    told = home.generate(code=1)
    assert f"conflict {BIZ}" in told
    assert "cancel_order" not in home.read(f".scaffold/base/{BIZ}.base")
    assert "async def cancel_order(" in home.read(HANDLERS), "the rest went on"
    home.edit(BIZ, "class OrderUseCase(:\n", "class OrderUseCase:\n")
    home.generate()
    assert "async def cancel_order(" in home.read(BIZ)
    assert home.generate() == "nothing to do\n"


# What is deleted is another's.


def test_copier_2135_and_2526_files_vanish_on_an_unrelated_answer(home: Workplace) -> None:
    """A feature is switched off: its untouched files go, edited ones stay, and no other file goes."""
    home.edit("compose.yaml", "services:\n", "# Ours.\nservices:\n")
    before = files(home)
    config = before["scaffold.yaml"]
    home.edit("scaffold.yaml", "  - docker\n", "")
    report = home.report()
    gone = {item["path"] for item in report["changes"] if item["action"] == "delete"}
    assert gone == {"Dockerfile", ".dockerignore"}
    assert home.read("compose.yaml") == before["compose.yaml"]
    after = files(home)
    lost = {path for path in before.keys() - after.keys() if not path.startswith(".scaffold/")}
    assert lost == gone
    home.write("scaffold.yaml", config)
    home.generate()
    assert {path: text for path, text in files(home).items() if ".scaffold" not in path} == {
        path: text for path, text in before.items() if ".scaffold" not in path
    }


@pytest.mark.parametrize("report", ["openapi-generator 15047", "buf 4440"])
def test_openapi_generator_15047_and_buf_4440_clean_eats_a_neighbour(report: str, home: Workplace) -> None:
    """Files that others generate below our own folders, or beside them, outlive runs that delete, --prune too."""
    neighbours = {
        "openapi-generator 15047": (
            "src/other/gen/x_pb2.py",
            "clients/java/X.java",
            "src/shop_admin/__init__.py",
        ),
        "buf 4440": ("src/shop/gen/payment/v1/schema/x.json", "src/shop/gen/payment/v1/extra_pb2.py"),
    }[report]
    for path in neighbours:
        home.write(path, "# theirs\n")
    change(home, START, other_service_removed(START))
    home.generate("--prune")
    assert not (home.root / "src/shop/gen/payment/v1/payment_pb2.py").exists()
    for path in neighbours:
        assert home.read(path) == "# theirs\n"


def test_go_zero_4635_a_partial_run_wipes_other_routes(home: Workplace) -> None:
    """One contract of two is named on the command line: what the other has is still registered and served."""
    for path in (PAYMENT, ORDER):
        home.write(f"api/{path}", START.files[path] + "\n// changed\n")
        result = home.scaffold("proto", "server", f"api/{path}")
        assert result.returncode == 0, result.stderr
        for file in (GRPC, HTTP):
            assert "bind_order_service(container.order_service)," in home.read(file)
            assert "bind_payment_service(container.payment_service)," in home.read(file)
    result = home.scaffold("proto", "client", f"api/{PAYMENT}")
    assert result.returncode == 0, result.stderr
    assert (home.root / "src/shop/service/order.py").exists()
    assert (home.root / "src/shop/gen/order/v1/order_pb2.py").exists()


# What is answered was not asked, and what is written is elsewhere.


def test_thor_end_of_input_is_taken_for_yes(home: Workplace) -> None:
    """No command asks: with nothing on the standard input an edited file stays and is told of, never overwritten."""
    home.edit(BIZ, PLACE, "        raise NotImplementedError\n")
    home.write("src/shop/biz/refund.py", "mine = 1\n")
    mine = home.read(BIZ)
    change(home, START, service_added_in_a_file(START.edit(("// Places an order.", "// Theirs."))))
    home.scaffold("generate")
    assert "        raise NotImplementedError\n" in home.read(BIZ)
    assert "mine = 1\n" in home.read("src/shop/biz/refund.py")
    assert mine != home.read(BIZ), "the docstring came"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_copier_2427_a_file_is_written_through_a_link_that_leads_out(home: Workplace, tmp_path: Path) -> None:
    """A generated file that is a link to somewhere else: refused, and what it leads to is as it was."""
    outside = tmp_path / "outside.py"
    (home.root / HANDLERS).rename(outside)
    (home.root / HANDLERS).symlink_to(outside)
    before = outside.read_bytes()
    change(home, START, ADDED)
    said = fails_and_leaves_everything(home, "generate")
    assert "leads out of the project through a link" in said
    assert outside.read_bytes() == before
    (home.root / "notes").symlink_to(tmp_path)
    (home.root / HANDLERS).unlink()
    outside.rename(home.root / HANDLERS)
    home.generate()
    assert (home.root / "notes").is_symlink(), "a link that nothing is written through is nobody's business"


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
