"""Files, folders, links and modes around a regeneration: what it refuses, what it keeps, and what it may delete."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from scaffolder.diagnostics import ScaffoldError

from .contract_cases import (
    BIZ,
    GRPC,
    HANDLERS,
    added_in_the_middle,
    other_service_removed,
    service_added_in_a_file,
)
from .contract_life import ORDER, START, Contracts, change, copy_of, make
from .support import Workplace

pytestmark = pytest.mark.slow

ADDED = added_in_the_middle(START)
CONFIG = "src/shop/config.py"


@pytest.fixture
def home(untouched: Path, tmp_path: Path) -> Workplace:
    return copy_of(untouched, tmp_path)


def refused(home: Workplace, code: str, *arguments: str) -> str:
    """A run that is refused before it writes anything; what it said."""
    before = home.state()
    result = home.scaffold("generate", *arguments)
    assert result.returncode == 2, result.stdout + result.stderr
    assert f"error[{code}]" in result.stderr, result.stderr
    assert home.state() == before, "a refused run writes nothing"
    return result.stderr


def linked(home: Workplace, path: str, outside: Path) -> None:
    """Moves a file or folder of the project out of it, and leaves a link."""
    outside.parent.mkdir(parents=True, exist_ok=True)
    (home.root / path).rename(outside)
    (home.root / path).symlink_to(outside)


@pytest.mark.parametrize(
    "path",
    [
        BIZ,
        "src/shop/biz",
        "src/shop/gen",
        f".scaffold/base/{BIZ}.base",
        ".scaffold/base",
        ".scaffold",
        "README.md",
    ],
)
def test_link_out_of_the_project_is_refused(path: str, home: Workplace, tmp_path: Path) -> None:
    """Where a file to be written, a base too, would be written through a link that leads out: nothing is written."""
    outside = tmp_path / "outside" / "there"
    linked(home, path, outside)
    held = contents(outside)
    change(home, START, ADDED)
    said = refused(home, "unsafe-path")
    assert "leads out of the project through a link" in said
    assert contents(outside) == held


def contents(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [item for item in path.rglob("*") if item.is_file()]
    return {str(item): item.read_bytes() for item in files}


def test_conflicts_through_a_link_are_refused(home: Workplace, tmp_path: Path) -> None:
    """The folder that conflicts are shown in leads out: refused."""
    (tmp_path / "outside").mkdir()
    (home.root / ".scaffold/conflicts").symlink_to(tmp_path / "outside")
    home.edit(BIZ, '"""Places an order."""', '"""Mine."""')
    text = START.edit(("// Places an order.", "// Theirs."))
    change(home, START, text)
    refused(home, "unsafe-path")
    assert contents(tmp_path / "outside") == {}


def test_replaced_through_a_link_is_refused(home: Workplace, tmp_path: Path) -> None:
    """The folder that an edited file of the machine's is kept in leads out: refused."""
    (tmp_path / "outside").mkdir()
    (home.root / ".scaffold/replaced").symlink_to(tmp_path / "outside")
    home.write("src/shop/kit/errors.py", "mine = 1\n")
    refused(home, "unsafe-path")
    assert contents(tmp_path / "outside") == {}


@pytest.mark.parametrize("there", [True, False])
def test_run_lock_is_not_made_through_a_link(there: bool, home: Workplace, tmp_path: Path) -> None:
    """`.scaffold/run.lock` is a link out of the project: nothing is made, emptied or removed where it leads."""
    outside = tmp_path / "outside.txt"
    if there:
        outside.write_text("not ours\n")
    (home.root / ".scaffold/run.lock").symlink_to(outside)
    change(home, START, ADDED)
    result = home.scaffold("generate")
    assert result.returncode == 2
    assert ".scaffold/run.lock: error[unsafe-path]: is a link" in result.stderr
    assert outside.exists() == there
    assert not there or outside.read_text() == "not ours\n"


def test_links_inside_the_project_stay_links(home: Workplace) -> None:
    """A handler that is a link to another file of the project is written where it leads, and stays a link."""
    (home.root / "shared").mkdir()
    (home.root / HANDLERS).rename(home.root / "shared/order.py")
    (home.root / HANDLERS).symlink_to("../../../shared/order.py")
    change(home, START, ADDED)
    home.generate()
    assert (home.root / HANDLERS).is_symlink()
    assert "async def cancel_order(" in home.read("shared/order.py")


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX systems")
@pytest.mark.parametrize("mode", [0o755, 0o600, 0o664])
def test_modes_are_kept(mode: int, home: Workplace) -> None:
    """The mode that the user gave a file outlives a merge; that of others is not touched."""
    os.chmod(home.root / BIZ, mode)
    os.chmod(home.root / CONFIG, mode)
    change(home, START, ADDED)
    home.generate()
    assert "async def cancel_order(" in home.read(BIZ)
    for path in (BIZ, CONFIG):
        assert stat.S_IMODE((home.root / path).stat().st_mode) == mode


@pytest.mark.parametrize("path", [BIZ, "src/shop/biz", ".scaffold/base/src/shop/biz", ".scaffold"])
def test_read_only_fails_before_the_first_write(path: str, home: Workplace) -> None:
    """A file or folder that may not be written is named, and nothing else is written either."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        pytest.skip("root may write everything, so nothing is read-only here")
    change(home, START, ADDED)
    target = home.root / path
    mode = stat.S_IMODE(target.stat().st_mode)
    target.chmod(mode & ~0o222)
    try:
        refused(home, "read-only")
    finally:
        target.chmod(mode)


def test_file_that_may_not_be_changed(home: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for whoever is root here: the system says that a file is read-only, and nothing is written."""
    from scaffolder.app.generate import generate
    from scaffolder.app.options import Request

    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode, **more: not str(path).endswith(BIZ) and real(path, mode, **more)
    )
    change(home, START, ADDED)
    before = home.state()
    with pytest.raises(ScaffoldError) as error:
        generate(Request(home.root))
    assert [item.code for item in error.value.diagnostics] == ["read-only"]
    assert home.state() == before


def test_names_that_collide_where_case_does_not_count(home: Workplace) -> None:
    """Two contracts whose files differ in letter case only: refused on every system, with both named."""
    other = START.files[ORDER].replace("package order.v1", "package Order.v1")
    change(home, START, START.added("Order/v1/order.proto", other))
    before = home.state()
    result = home.scaffold("generate")
    assert result.returncode == 2, result.stdout
    assert "error[same-module]" in result.stderr
    assert "order/v1/order.proto and Order/v1/order.proto" in result.stderr
    assert home.state() == before


def test_name_that_is_there_in_other_letters(home: Workplace) -> None:
    """The user has Refund.py where refund.py would be made: refused."""
    home.write("src/shop/biz/Refund.py", "mine = 1\n")
    change(home, START, service_added_in_a_file(START))
    said = refused(home, "same-path")
    assert "differs from `Refund.py`, which is there, in letter case only" in said


def test_only_untouched_files_of_the_lock_are_deleted(home: Workplace) -> None:
    """A service goes: its untouched files go; edited ones, and the user's own beside them, stay."""
    home.edit("src/shop/biz/payment.py", "class PaymentUseCase:\n", "LIMIT = 3\n\n\nclass PaymentUseCase:\n")
    mine = (
        "src/shop/biz/payment_limits.py",
        "src/shop/gen/payment/v1/notes.txt",
        "tests/unit/test_payment_mine.py",
    )
    for path in mine:
        home.write(path, "# mine\n")
    before = set(home.state())
    change(home, START, other_service_removed(START))

    report = home.report()

    deleted = {item["path"] for item in report["changes"] if item["action"] == "delete"}
    gone = {path for path in before - set(home.state()) if not path.startswith((".scaffold/", "api/"))}
    assert gone == deleted
    assert "src/shop/service/payment.py" in gone
    assert "src/shop/biz/payment.py" not in gone
    for path in mine:
        assert home.read(path) == "# mine\n"


def test_file_that_the_lock_does_not_list_is_never_deleted(home: Workplace) -> None:
    """The lock's entry of a file is taken out: what it was is not known, so it stays when its service goes."""
    lock = home.read(".scaffold/lock.json").splitlines(keepends=True)
    home.write(
        ".scaffold/lock.json", "".join(line for line in lock if '"src/shop/service/payment.py"' not in line)
    )
    change(home, START, other_service_removed(START))
    home.scaffold("generate")
    assert (home.root / "src/shop/service/payment.py").exists()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/shop/biz/refund.py", "class RefundUseCase:\n    mine = True\n"),
        ("src/shop/gen/refund/v1/refund_pb2.py", "mine = True\n"),
        ("tests/unit/test_refund.py", "def test_mine() -> None:\n    pass\n"),
    ],
)
def test_users_file_in_the_place_of_a_generated_one(path: str, text: str, home: Workplace) -> None:
    """A file that the user wrote first: every line of it stays, and it is told of."""
    home.write(path, text)
    change(home, START, service_added_in_a_file(START))
    result = home.scaffold("generate")
    assert path in result.stdout + result.stderr
    for line in text.splitlines(keepends=True):
        assert line in home.read(path)
    if "/gen/" in path:
        assert result.returncode == 1
        assert home.read(path) == text


@pytest.mark.parametrize(
    ("obstacle", "code"),
    [
        (lambda root: (root / "src/shop/biz/refund.py").mkdir(), "not-a-file"),
        (lambda root: (root / "src/shop/gen/refund").write_text("mine\n"), "not-a-folder"),
        (
            lambda root: (
                (root / f".scaffold/base/{GRPC}.base").unlink()
                or (root / f".scaffold/base/{GRPC}.base").mkdir()
            ),
            "not-a-file",
        ),
    ],
    ids=["folder for a file", "file for a folder", "folder for a base"],
)
def test_folder_or_file_in_the_way(obstacle: Callable[[Path], object], code: str, home: Workplace) -> None:
    """Something of another kind is in the way: it is named, and nothing is written."""
    obstacle(home.root)
    change(home, START, service_added_in_a_file(START))
    refused(home, code)


OWN = ".scaffold/templates"


def test_own_template_extends_the_built_in_one(untouched: Path, tmp_path: Path) -> None:
    """`.scaffold/templates/Dockerfile.j2` adds to the tool's; without it the Dockerfile is as it was."""
    home = copy_of(untouched, tmp_path)
    before = home.read("Dockerfile")
    home.write(
        f"{OWN}/Dockerfile.j2", '{% include "builtin/Dockerfile.j2" %}\n# Built for {{ project.name }}.\n'
    )
    home.generate()
    assert home.read("Dockerfile").rstrip("\n") == before.rstrip("\n") + "\n# Built for shop."
    (home.root / OWN / "Dockerfile.j2").unlink()
    home.generate()
    assert home.read("Dockerfile") == before


def test_own_template_for_one_more_file(home: Workplace) -> None:
    """A new file for each service; gone when its template goes, kept where it was edited."""
    home.write(f"{OWN}/docs/NOUN.md.j2", "# {{ service.full_name }}\n")
    home.generate()
    assert home.read("docs/order.md") == "# order.v1.OrderService\n"
    assert home.read("docs/payment.md") == "# payment.v1.PaymentService\n"
    home.write("docs/order.md", "# order.v1.OrderService\n\nMine.\n")
    (home.root / OWN / "docs/NOUN.md.j2").unlink()
    told = home.generate()
    assert "delete   docs/payment.md" in told
    assert "docs/order.md  (no longer generated, kept because it was edited)" in told
    assert home.read("docs/order.md").endswith("Mine.\n")


def test_mistake_in_an_own_template_is_located(home: Workplace) -> None:
    """An error is named with the template's path in the project and its line, and nothing is written."""
    home.write(f"{OWN}/Dockerfile.j2", "FROM x\n{{ project.nme }}\n")
    assert f"{OWN}/Dockerfile.j2:2:1: error[template]" in refused(home, "template")


def test_service_in_a_new_folder_is_as_git_would_have_it(tmp_path: Path) -> None:
    """Files that are executable in the templates stay so, and no other is."""
    home = make(Contracts({ORDER: START.files[ORDER]}), tmp_path)
    change(
        home,
        Contracts({ORDER: START.files[ORDER]}),
        service_added_in_a_file(Contracts({ORDER: START.files[ORDER]})),
    )
    home.generate()
    created = [path for path in home.state() if "refund" in path]
    assert created
    assert not [path for path in created if (home.root / path).stat().st_mode & stat.S_IXUSR]
