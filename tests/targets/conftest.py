"""What all tests here are given."""

from tests.contract_text import load  # noqa: F401
