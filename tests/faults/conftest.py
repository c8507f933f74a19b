"""Assertions of the modules that these tests share say what they compared."""

import pytest

pytest.register_assert_rewrite("tests.faults.books", "tests.faults.process")
