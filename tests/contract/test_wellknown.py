"""Contracts that need not be vendored."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scaffolder.contract import wellknown


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("google/protobuf/timestamp.proto", "protobuf"),
        ("google/protobuf/cpp_features.proto", ""),
        ("google/api/annotations.proto", "googleapis-common-protos"),
        ("google/rpc/context/attribute_context.proto", "googleapis-common-protos"),
        ("google/longrunning/operations.proto", "googleapis-common-protos"),
        ("google/api/expr/v1alpha1/syntax.proto", ""),
        ("google/iam/v1/policy.proto", ""),
        ("buf/validate/validate.proto", ""),
        ("order/v1/order.proto", ""),
    ],
)
def test_a_provider_holds_the_messages(name: str, provider: str) -> None:
    assert wellknown.provider(name) == provider


def test_every_packaged_name_leads_to_its_file_and_back() -> None:
    names = wellknown.packaged_names()
    assert "google/protobuf/descriptor.proto" in names
    assert "google/longrunning/operations.proto" in names
    for name in names:
        source = wellknown.packaged_source(name)
        assert source
        assert wellknown.packaged_name(source) == name


def test_the_modules_of_providers_can_be_imported() -> None:
    """A generated import of them must work; in a process of their own, for mypy-protobuf's options clash with one."""
    held = [name for name in wellknown.packaged_names() if wellknown.provider(name)]
    modules = [name.removesuffix(".proto").replace("/", ".") + "_pb2" for name in held]
    script = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    subprocess.run([sys.executable, "-c", script, *modules], check=True)
    assert len(modules) > 60


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("google.protobuf.Timestamp", "google/protobuf/timestamp.proto"),
        ("google.protobuf.StringValue", "google/protobuf/wrappers.proto"),
        ("google.type.Money", "google/type/money.proto"),
        ("google.rpc.Status", "google/rpc/status.proto"),
        ("google.api.http", "google/api/annotations.proto"),
        ("google.api.resource_reference", "google/api/resource.proto"),
        ("google.api.field_behavior", "google/api/field_behavior.proto"),
        ("buf.validate.field", "buf/validate/validate.proto"),
        ("google.type.Nothing", ""),
        ("order.v1.Order", ""),
        ("Order", ""),
    ],
)
def test_a_symbol_is_traced_to_the_contract_that_defines_it(symbol: str, name: str) -> None:
    assert wellknown.home(symbol) == name


def test_validate_comes_out_of_protovalidate() -> None:
    descriptor = wellknown.validate_descriptor()
    assert descriptor
    assert b"buf/validate/validate.proto" in descriptor
