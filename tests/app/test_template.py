"""`scaffold new --template`: any cookiecutter template, through the same changeset as our own."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scaffolder.app.template import TemplateRequest, new_from_template
from scaffolder.cli.main import main
from scaffolder.diagnostics import ScaffoldError
from scaffolder.workspace import lock as locks
from scaffolder.workspace.changeset import Action
from tests.app.support import CONTRACT, FakePipeline, regenerate
from tests.workspace.support import contents, fail_at, fill

SLUG = "{{ cookiecutter.project_slug }}"
TEMPLATE = {
    "cookiecutter.json": json.dumps(
        {
            "project_name": "Unnamed",
            "project_slug": "{{ cookiecutter.project_name|lower|replace('-', '_') }}",
            "greeting": "hello",
            "_copy_without_render": ["*.raw"],
        }
    ),
    "hooks/pre_gen_project.py": (
        "import sys\nif '{{ cookiecutter.greeting }}' == 'bad':\n    print('no such greeting')\n    sys.exit(1)\n"
    ),
    "hooks/post_gen_project.py": "open('made-by-hook.txt', 'w').write('{{ cookiecutter.greeting }}')\n",
    f"{SLUG}/README.md": "# {{ cookiecutter.project_name }}\n{{ cookiecutter.greeting }}\n",
    f"{SLUG}/Dockerfile": "FROM scratch\n",
    f"{SLUG}/as-is.raw": "{{ not.rendered }}\n",
    f"{SLUG}/src/{SLUG}/__init__.py": "",
    f"{SLUG}/run.sh": "#!/bin/sh\n",
}


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, a template beside it, and a home without a configuration of cookiecutter."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.delenv("COOKIECUTTER_CONFIG", raising=False)
    fill(tmp_path / "template", TEMPLATE)
    (tmp_path / "template" / SLUG / "run.sh").chmod(0o755)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def request(source: str = "../template", **options: object) -> TemplateRequest:
    return TemplateRequest(**{"name": "my-shop", "source": source, "no_input": True, **options})  # type: ignore[arg-type]


def test_template_becomes_a_project(workplace: Path) -> None:
    """Rendered files, raw ones, modes, and what the hooks do; in a folder of the name that was asked for."""
    new_from_template(request())
    made = workplace / "my-shop"
    assert (made / "README.md").read_text() == "# my-shop\nhello\n"
    assert (made / "as-is.raw").read_text() == "{{ not.rendered }}\n"
    assert (made / "made-by-hook.txt").read_text() == "hello"
    assert (made / "src/my_shop/__init__.py").read_bytes() == b""
    assert (made / "run.sh").stat().st_mode & stat.S_IXUSR
    assert sorted(path.name for path in workplace.iterdir()) == ["my-shop"]


def test_baseline_lists_the_templates_files(workplace: Path) -> None:
    """Each file is in the lock as the template's, with the answers beside it, so that it can be upgraded."""
    new_from_template(request(extra={"greeting": "hi"}))
    lock, _ = locks.read(workplace / "my-shop")
    assert lock.files["Dockerfile"].origin == "template"
    assert lock.files["Dockerfile"].sha256 == locks.digest(b"FROM scratch\n")
    assert json.loads((workplace / "my-shop/.scaffold/template.json").read_text()) == {
        "template": "../../template",
        "checkout": "",
        "answers": {"project_name": "my-shop", "project_slug": "my_shop", "greeting": "hi"},
    }


def test_project_is_committed(workplace: Path) -> None:
    """As with our own template, the first commit is made."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    new_from_template(request())
    log = subprocess.run(
        ["git", "ls-files"], cwd=workplace / "my-shop", capture_output=True, text=True, check=True
    )
    assert "README.md" in log.stdout.split()


def test_replay_answers_as_the_last_time(workplace: Path) -> None:
    """`--replay` takes the answers of the run before, the project's name included."""
    new_from_template(request(extra={"greeting": "hi"}))
    new_from_template(request(name="again", replay=True, no_input=False))
    assert (workplace / "again/README.md").read_text() == "# my-shop\nhi\n"


def test_zip_and_git_with_checkout(workplace: Path) -> None:
    """A zip file and a branch of a git repository are templates, too."""
    template = workplace.parent / "template"
    with zipfile.ZipFile(workplace.parent / "template.zip", "w") as archive:
        archive.mkdir("skeleton")
        for path in template.rglob("*"):
            archive.write(path, f"skeleton/{path.relative_to(template).as_posix()}")
    new_from_template(request("../template.zip", name="from-zip"))
    assert (workplace / "from-zip/README.md").read_text() == "# from-zip\nhello\n"

    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        [*identity, "commit", "-qm", "one"],
        ["checkout", "-qb", "loud"],
    ):
        subprocess.run(["git", *command], cwd=template, check=True)
    fill(template, {f"{SLUG}/README.md": "LOUD\n"})
    subprocess.run(["git", *identity, "commit", "-qam", "two"], cwd=template, check=True)
    subprocess.run(["git", "checkout", "-q", "-"], cwd=template, check=True)
    source = f"git+file://{template.as_posix()}"
    new_from_template(request(source, name="from-git", checkout="loud"))
    assert (workplace / "from-git/README.md").read_text() == "LOUD\n"


@pytest.mark.parametrize(
    ("damage", "extra", "message"),
    [
        ({}, {"greeting": "bad"}, "Hook"),
        ({f"{SLUG}/zzz.txt": "{{ cookiecutter.missing }}"}, {}, "missing"),
        ({f"{SLUG}/zzz.txt": "{% if %}"}, {}, "zzz.txt:1: "),
        ({"cookiecutter.json": "{"}, {}, "cookiecutter.json"),
        ({"hooks/post_gen_project.py": "raise SystemExit(3)"}, {}, "Hook"),
    ],
    ids=["pre hook", "undefined in the last file", "syntax", "context", "post hook"],
)
def test_failing_template_leaves_nothing(
    workplace: Path, damage: dict[str, str], extra: dict[str, str], message: str
) -> None:
    """Whatever fails, even in the very last file, is an error of ours and no half project."""
    fill(workplace.parent / "template", damage)
    with pytest.raises(ScaffoldError) as error:
        new_from_template(request(extra=extra))
    assert error.value.diagnostics[0].code == "template"
    assert message in str(error.value)
    assert contents(workplace) == {}


def test_link_out_of_the_template_is_refused(workplace: Path) -> None:
    """A template cannot plant a link to somebody else's files."""
    fill(
        workplace.parent / "template",
        {"hooks/post_gen_project.py": "import os\nos.symlink('/etc/hosts', 'hosts')\n"},
    )
    with pytest.raises(ScaffoldError) as error:
        new_from_template(request())
    assert error.value.diagnostics[0].code == "unsafe-path"
    assert contents(workplace) == {}


def test_end_of_input_is_no_answer(workplace: Path) -> None:
    """A template that asks and gets no answer makes nothing."""
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            "from scaffolder.app.template import *; new_from_template(TemplateRequest('a', '../template'))",
        ],
        cwd=workplace,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "error[no-answer]" in process.stderr or "error[template]" in process.stderr
    assert contents(workplace) == {}


def test_failing_write_leaves_nothing(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rename is the only moment at which something appears."""
    monkeypatch.setattr(os, "rename", fail_at(1, KeyboardInterrupt(), os.rename))
    with pytest.raises(KeyboardInterrupt):
        new_from_template(request())
    assert contents(workplace) == {}


WITH_CONTRACT = {
    f"{SLUG}/scaffold.yaml": (
        "name: {{ cookiecutter.project_name }}\npackage: order_service\ncontracts:\n  - " + CONTRACT + "\n"
    ),
    f"{SLUG}/api/{CONTRACT}": 'syntax = "proto3";\npackage order.v1;\n',
    f"{SLUG}/docs/README.md": "theirs\n",
}


def test_contracts_of_the_template_are_generated(workplace: Path, fake: FakePipeline) -> None:
    """With a scaffold.yaml the contracts are generated; what the template brings itself stays the template's."""
    fill(workplace.parent / "template", WITH_CONTRACT)
    fake.server["Dockerfile"] = "ours\n"

    new_from_template(request())

    made = workplace / "my-shop"
    assert (made / "src/order_service/gen/order.py").read_text() == "gen v1"
    assert (made / "Dockerfile").read_text() == "FROM scratch\n"
    assert regenerate(made).different == (), "nothing is left to do"
    assert fake.runs == ["load"]

    fill(made, {f"api/{CONTRACT}": 'syntax = "proto3";\n'})
    fake.client["src/order_service/gen/order.py"] = "gen v2"
    fake.server["Dockerfile"] = "ours, newer\n"
    assert [(c.path, c.action) for c in regenerate(made).different] == [
        ("src/order_service/gen/order.py", Action.UPDATE)
    ]


def test_machine_file_of_a_template_is_refused(workplace: Path, fake: FakePipeline) -> None:
    """What belongs to the machine is generated; a template that brings it, too, is at odds with itself."""
    fill(workplace.parent / "template", WITH_CONTRACT | {f"{SLUG}/src/order_service/gen/order.py": "theirs"})
    with pytest.raises(ScaffoldError) as error:
        new_from_template(request())
    assert error.value.diagnostics[0].code == "same-path"
    assert contents(workplace) == {}


def test_mistake_in_the_templates_contract(workplace: Path) -> None:
    """An error in the contract is located by its path in the project."""
    fill(workplace.parent / "template", WITH_CONTRACT | {f"{SLUG}/api/{CONTRACT}": "syntax = 'proto3'\n"})
    with pytest.raises(ScaffoldError) as error:
        new_from_template(request())
    assert error.value.diagnostics[0].location is not None
    assert error.value.diagnostics[0].location.path == f"api/{CONTRACT}"


def test_command_line(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--template`, `--extra` and `--no-input` on the command line."""
    code = main(["new", "my-shop", "--template", "../template", "--extra", "greeting=hi=ho", "--no-input"])
    assert code == 0
    assert (workplace / "my-shop/README.md").read_text() == "# my-shop\nhi=ho\n"
    assert "└── my_shop/" in capsys.readouterr().out


KEDRO = ("kedro==1.7.0", "tomli-w==1.2.0")  # the second for its hooks


@pytest.mark.network
def test_template_that_a_package_ships(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project template inside the wheel of kedro, which nobody here wrote, with its hooks."""
    packages = workplace.parent / "packages"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(packages),
        *KEDRO,
    ]
    if subprocess.run(install, cwd=workplace.parent, capture_output=True, check=False).returncode:
        pytest.skip(f"{' and '.join(KEDRO)} cannot be installed here")
    monkeypatch.setenv("PYTHONPATH", str(packages))
    source = packages / "kedro/templates/project"
    answers = {"repo_name": "my-shop", "python_package": "my_shop", "kedro_version": "1.7.0"}

    report = new_from_template(request(str(source), extra=answers))

    made = workplace / "my-shop"
    assert (made / "src/my_shop/pipeline_registry.py").is_file()
    assert (made / "conf/local/.gitkeep").is_file()
    assert "my-shop" in (made / "pyproject.toml").read_text(encoding="utf-8")
    assert len(report.changes) > 20
