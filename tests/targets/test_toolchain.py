"""Floors of the generated project follow the toolchain that wrote its messages."""

from scaffolder.targets.python.toolchain import TESTED, toolchain


def test_versions_come_from_protocs_output() -> None:
    messages = "# source: a.proto\n# Protobuf Python Version: 8.1.0\n"
    services = "GRPC_GENERATED_VERSION = '1.99.2'\n"
    assert toolchain([messages, services]) == {
        "grpcio": "1.99.2",
        "protobuf": "8.1.0",
        "protobuf_pin": "8.1.0",
    }


def test_pin_is_the_tested_runtime_where_that_is_newer() -> None:
    assert toolchain(["# Protobuf Python Version: 7.9.1\n"])["protobuf_pin"] == TESTED["protobuf_pin"]


def test_nothing_emitted_means_what_was_tested() -> None:
    assert toolchain([]) == TESTED
