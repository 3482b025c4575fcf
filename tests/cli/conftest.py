"""Fixtures shared with the tests of the use cases."""

from tests.app.support import fake, root

__all__ = ["fake", "root"]
