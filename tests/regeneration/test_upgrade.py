"""`scaffold upgrade`: old projects, kept as fixtures, get what today's tool and templates make, and lose nothing.

The fixtures are whole projects but for the folders that belong to the machine, which are written anew; what git would
take for its own settings is called dot.gitignore and dot.gitattributes there. `format-1` was made by the tool when it
had no merge and no bases yet, `before-0.2` by today's tool with the templates of that time. In both the owner has
edited eight places, written a module, and deleted .pre-commit-config.yaml.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.generated.projects import Project, scaffold

from .support import Workplace

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).parent / "fixtures"
BIZ, HANDLERS, UNIT = "src/shop/biz/shop.py", "src/shop/service/shop.py", "tests/unit/test_shop.py"
WRITTEN = {
    BIZ: (
        "import logging\n",
        "logger = logging.getLogger(__name__)\n\n\ndef titled(name: str) -> str:\n"
        '    """Shops are shown with a capital."""\n    return name[:1].upper() + name[1:]\n',
        "        shop.display_name = titled(shop.display_name)\n"
        '        logger.info("a shop opens: %s", shop.display_name)\n',
    ),
    HANDLERS: ("    # The busiest of all.\n    async def get_shop(",),
    UNIT: (
        '    assert (await use_case.create_shop(Shop(display_name="corner"))).display_name == "Corner"\n',
    ),
    "README.md": ("## Who to ask\n\nAda.\n",),
    ".gitattributes": ("*.png binary\n",),
    "Makefile": ("open: ## what our own people ask for\n\t@echo open\n",),
    "src/shop/biz/discounts.py": ("def discount(shop: Shop) -> int:\n",),
}
ARRIVED = {
    BIZ: "from __future__ import annotations\n",
    HANDLERS: "from __future__ import annotations\n",
    UNIT: "from __future__ import annotations\n",
    "src/shop/service/shop_mapping.py": "from __future__ import annotations\n",
    ".gitattributes": "/.scaffold/lock.json merge=union\n",
    ".scaffold/.gitignore": "/run.lock\n",
    "README.md": "What you wrote stays, what you did not touch follows the contract;",
}
OLD = {"README.md": "a file that you edited and that would change is named, and then\nnothing is written"}
SETTLED = (
    'shop_id: str = "") -> Shop:\n        """Creates a shop."""\n        shop.name = f"shops/{resource_id(shop_id)}"\n',
    '*, shop_id: str = "") -> Shop:\n        """Creates a shop."""\n        shop = SHOP.new(shop)\n'
    "        shop.name = SHOP.new_name(proposed=shop_id)\n",
)
"""What the owner takes of today's body, which their own lines stand in."""
TAKEN = (
    "now: Callable[[], datetime.datetime] = utc_now\n    ) -> None:",
    "now: Callable[[], datetime.datetime] = utc_now, transaction: object = None\n    ) -> None:",
)
"""What the owner's use case takes, since wiring.py, which follows, passes it."""


def unpack(name: str, folder: Path) -> Workplace:
    """A copy of a fixture that is a project again."""
    root = folder / "shop"
    shutil.copytree(FIXTURES / name, root)
    for path in list(root.rglob("dot.git*")):
        path.rename(path.with_name(path.name.removeprefix("dot")))
    return Workplace(Project(root, "shop"))


def upgrade(home: Workplace, *arguments: str, code: int = 0) -> str:
    """`scaffold upgrade`; what it printed."""
    result = home.scaffold("upgrade", *arguments)
    assert result.returncode == code, f"exit code {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result.stdout + result.stderr


def keeps(home: Workplace) -> None:
    for path, pieces in WRITTEN.items():
        for piece in pieces:
            assert piece in home.read(path), f"lost from {path}:\n{piece}"
    assert not (home.root / ".pre-commit-config.yaml").exists(), "deleted on purpose"


def test_project_with_a_baseline(tmp_path: Path) -> None:
    """A project of earlier templates -> upgrade -> every edit stands, what they gained is there, all is clean."""
    home = unpack("before-0.2", tmp_path)

    told = upgrade(home, code=1)

    keeps(home)
    for path, piece in ARRIVED.items():
        assert piece in home.read(path), f"{path} lacks {piece}\n{told}"
    for path, piece in OLD.items():
        assert piece not in home.read(path)
    left = told[told.index("left to you:") :]
    assert "ShopUseCase.create_shop: its body was changed by you and by the contract" in left
    assert left.count("was changed by you and by the contract") == 1
    home.edit(BIZ, *SETTLED)
    home.generate()
    home.is_clean()
    before = home.state()
    assert upgrade(home).endswith("nothing to do\n")
    assert home.generate() == "nothing to do\n"
    assert home.state() == before


def test_project_of_an_older_format(tmp_path: Path) -> None:
    """A project without bases -> upgrade -> untouched files follow, edited ones only gain what is missing."""
    home = unpack("format-1", tmp_path)

    told = upgrade(home)

    keeps(home)
    for path in (BIZ, HANDLERS, UNIT, "src/shop/service/shop_mapping.py", ".scaffold/.gitignore"):
        assert ARRIVED[path] in home.read(path), f"{path} lacks {ARRIVED[path]}\n{told}"
    for path in ("README.md", ".gitattributes", "Makefile"):
        assert f"keep     {path}  (its baseline is lost, so only what is missing was added)" in told
    assert json.loads(home.read(".scaffold/lock.json").replace("\n", ""))["format"] == 2
    home.edit(BIZ, *TAKEN)
    # The owner's own create_shop knows nothing of the rule that today's test is about.
    home.write(UNIT, re.sub(r"(?s)async def test_shop_needs_what_is_required.*?\n\n\n", "", home.read(UNIT)))
    home.project.run("ruff", "format", "--quiet", BIZ)
    home.is_clean()
    before = home.state()
    upgrade(home)
    assert home.state() == before


def test_older_tool_refuses_a_project_of_a_newer_one(tmp_path: Path) -> None:
    """What a newer version brought is not taken back: every command names the version, and writes nothing."""
    home = unpack("before-0.2", tmp_path)
    lock = json.loads(home.read(".scaffold/lock.json"))
    home.edit(".scaffold/lock.json", f'"tool": "{lock["inputs"]["tool"]}"', '"tool": "9.10.0"')
    before = home.state()
    for command in ("upgrade", "generate", "diff", "check"):
        result = home.scaffold(command)
        assert result.returncode == 2
        assert "error[newer-tool]: was last generated by scaffold 9.10.0" in result.stderr
        assert "pip install --upgrade scaffolder" in result.stderr
    assert home.state() == before


def test_newer_format_is_not_read(tmp_path: Path) -> None:
    """A lock of a format that this tool does not know: it says so, only adds, and deletes nothing."""
    home = unpack("before-0.2", tmp_path)
    home.edit(".scaffold/lock.json", '"format": 2', '"format": 99')
    result = home.scaffold("generate", "--dry-run")
    assert "warning[lock]" in result.stderr
    assert not [line for line in result.stdout.splitlines() if line.startswith("delete")]
    keeps(home)


SLUG = "{{ cookiecutter.project_slug }}"
TEMPLATE = {
    "cookiecutter.json": json.dumps(
        {
            "project_name": "x",
            "project_slug": "{{ cookiecutter.project_name|replace('-', '_') }}",
            "owner": "nobody",
        }
    ),
    f"{SLUG}/scaffold.yaml": "name: shop\ncontracts:\n  - shop/v1/shop.proto\nproto_paths:\n  - api\nfeatures: []\n",
    f"{SLUG}/api/shop/v1/shop.proto": (
        'syntax = "proto3";\n\npackage shop.v1;\n\nservice ShopService {\n'
        "  rpc Open(OpenRequest) returns (OpenResponse);\n}\n\n"
        "message OpenRequest {}\n\nmessage OpenResponse {}\n"
    ),
    f"{SLUG}/OWNERS": "{{ cookiecutter.owner }}\n\nAsk them.\n\nFirst.\n",
    f"{SLUG}/tools/lint.py": "def lint() -> int:\n    return 1\n\n\ndef check() -> int:\n    return 2\n",
    f"{SLUG}/old.txt": "old\n",
}


def from_template(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> Workplace:
    """`scaffold new --template` of a local template beside the project, with one answer."""
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("USERPROFILE", str(folder / "home"))
    monkeypatch.delenv("COOKIECUTTER_CONFIG", raising=False)
    for name, text in TEMPLATE.items():
        write(folder / "template" / name, text)
    result = scaffold(
        "new", "shop", "--template", source, "--extra", "owner=Ada", "--no-input", folder=folder
    )
    assert result.returncode == 0, result.stderr
    return Workplace(Project(folder / "shop", "shop"))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("kind", ["relative", "absolute"])
def test_cookiecutter_template_that_changed(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template changes, the user too -> upgrade renders it with the same answers and merges its files."""
    source = "template" if kind == "relative" else str(tmp_path / "template")
    home = from_template(tmp_path, monkeypatch, source)
    home.edit("OWNERS", "First.\n", "First.\n\nMine.\n")
    home.edit("tools/lint.py", "    return 1\n", "    return 10\n")
    changed = tmp_path / "template" / SLUG
    write(changed / "OWNERS", "{{ cookiecutter.owner }} and friends\n\nAsk them.\n\nFirst.\n")
    write(changed / "tools/lint.py", TEMPLATE[f"{SLUG}/tools/lint.py"].replace("return 2", "return 3"))
    write(changed / "new.txt", "new for {{ cookiecutter.owner }}\n")
    (changed / "old.txt").unlink()

    upgrade(home)

    assert home.read("OWNERS") == "Ada and friends\n\nAsk them.\n\nFirst.\n\nMine.\n"
    assert (
        home.read("tools/lint.py")
        == "def lint() -> int:\n    return 10\n\n\ndef check() -> int:\n    return 3\n"
    )
    assert home.read("new.txt") == "new for Ada\n"
    assert not (home.root / "old.txt").exists()
    assert home.read("README.md").startswith("# Shop\n"), "what we generate beside it is still there"
    before = home.state()
    assert upgrade(home).endswith("nothing to do\n")
    assert home.generate().endswith("nothing to do\n")
    assert home.state() == before


def test_template_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that cannot be found any more: upgrade names it and writes nothing; generate does not need it."""
    home = from_template(tmp_path, monkeypatch, "template")
    shutil.rmtree(tmp_path / "template")
    before = home.state()
    result = home.scaffold("upgrade")
    assert result.returncode == 2
    assert "error[template]" in result.stderr
    assert home.generate() == "nothing to do\n"
    assert home.state() == before
