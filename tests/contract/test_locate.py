"""Paths of a command line become the names that imports use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffolder.contract.builder import load
from scaffolder.contract.locate import package_of
from scaffolder.contract.protoc import locate
from scaffolder.contract.wellknown import packaged_source
from scaffolder.diagnostics import ScaffoldError

from .conftest import Write

ORDER = 'syntax = "proto3"; package order.v1; message Order {}'


def test_an_include_directory_names_the_file(write: Write) -> None:
    root = write({"api/order/v1/order.proto": ORDER})
    found = locate([root / "api/order/v1/order.proto"], [root / "api/order", root])
    assert found == [(root / "api/order", "v1/order.proto")]


def test_the_packages_folders_name_the_file(write: Write) -> None:
    root = write({"api/order/v1/order.proto": ORDER})
    assert locate([root / "api/order/v1/order.proto"], []) == [(root / "api", "order/v1/order.proto")]
    assert locate([root / "api/order/v1"], []) == [(root / "api", "order/v1/order.proto")]


def test_otherwise_a_file_has_its_own_name(write: Write) -> None:
    root = write({"api/here/order.proto": ORDER})
    assert locate([root / "api/here/order.proto"], []) == [(root / "api/here", "order.proto")]


def test_a_directory_is_every_contract_below_it(write: Write) -> None:
    files = {"b/two.proto": "", "a.proto": "", "b/.hidden/no.proto": "", "c/readme.md": ""}
    root = write({f"protos/{name}": text for name, text in files.items()}) / "protos"
    assert locate([root], []) == [(root, "a.proto"), (root, "b/two.proto")]


def test_relative_paths_become_absolute(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write({"api/order/v1/order.proto": ORDER})
    monkeypatch.chdir(root / "api")
    assert locate([Path("order/../order/v1/order.proto")], []) == [(root / "api", "order/v1/order.proto")]
    assert locate([Path("order/v1")], [Path(".")]) == [(root / "api", "order/v1/order.proto")]


def test_a_file_named_twice_is_one(write: Write) -> None:
    root = write({"api/order/v1/order.proto": ORDER})
    file = root / "api/order/v1/order.proto"
    assert len(locate([file, root / "api", file], [])) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_is_the_file_it_leads_to(write: Write) -> None:
    root = write({"api/order/v1/order.proto": ORDER})
    (root / "link").symlink_to(root / "api", target_is_directory=True)
    assert len(locate([root / "api", root / "link"], [])) == 1
    assert locate([root / "link/order/v1/order.proto"], [root / "api"])[0][1] == "order/v1/order.proto"


def test_a_copy_with_the_same_contents_is_no_ambiguity(write: Write) -> None:
    root = write({"one/order/v1/order.proto": ORDER, "two/order/v1/order.proto": ORDER})
    assert len(locate([root / "one"], [root / "one", root / "two"])) == 1
    assert locate([root / "one", root / "two"], []) == [(root / "one", "order/v1/order.proto")]


def test_two_contracts_of_one_name_are_refused(write: Write) -> None:
    root = write({"one/a.proto": ORDER, "two/a.proto": ORDER + " "})
    with pytest.raises(ScaffoldError, match="ambiguous-contract"):
        locate([root / "one", root / "two"], [])


def test_every_bad_path_is_reported_at_once(write: Write) -> None:
    root = write({"empty/readme.md": "", "a.txt": ""})
    with pytest.raises(ScaffoldError) as caught:
        locate([root / "empty", root / "gone.proto", root / "a.txt"], [])
    codes = [diagnostic.code for diagnostic in caught.value.diagnostics]
    assert codes == ["no-contracts", "contract-not-found", "not-a-contract"]


def test_a_contract_of_an_installed_package_has_its_published_name() -> None:
    """googleapis-common-protos ships google/longrunning/operations.proto as operations_proto.proto."""
    source = packaged_source("google/longrunning/operations.proto")
    assert source and source.name == "operations_proto.proto"
    ((root, name),) = locate([source], [])
    assert name == "google/longrunning/operations.proto"
    contract = load([name], [root])
    assert contract.requested[0].source == str(source)
    assert contract.requested[0].provider == ""
    assert [service.name for service in contract.services] == ["Operations"]


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("package a.b;", "a.b"),
        ('syntax = "proto3";package a . b ;', "a.b"),
        ("// package no;\n/* package no; */ package yes;", "yes"),
        ('option x = "package no;"; package yes;', "yes"),
        ("message A { string package = 1; }", ""),
        ("", ""),
        ("\ufeffpackage a;", "a"),
    ],
)
def test_the_package_is_read_without_a_parser(write: Write, text: str, package: str) -> None:
    assert package_of(write({"a.proto": text}) / "a.proto") == package


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(write: Write) -> None:
    root = write({"api/order.proto": ORDER})
    os.mkfifo(root / "api/pipe.proto")
    with pytest.raises(ScaffoldError) as caught:
        locate([root / "api/pipe.proto"], [])
    assert [found.code for found in caught.value.diagnostics] == ["not-a-contract"]
    assert locate([root / "api"], []) == [(root / "api", "order.proto")]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_that_leads_nowhere_is_named(write: Write) -> None:
    root = write({"api/order.proto": ORDER})
    (root / "api/gone.proto").symlink_to(root / "nowhere")
    with pytest.raises(ScaffoldError) as caught:
        locate([root / "api"], [])
    [found] = caught.value.diagnostics
    assert found.code == "contract-not-found" and found.hint
    assert found.location is not None and found.location.path.endswith("gone.proto")


def test_an_include_directory_that_may_not_be_read_is_named(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write({"api/order.proto": ORDER, "inc/other.proto": ORDER})
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read whatever the mode says
    with pytest.raises(ScaffoldError) as caught:
        locate([root / "api"], [root / "inc"])
    assert [found.code for found in caught.value.diagnostics] == ["include-unreadable"]
