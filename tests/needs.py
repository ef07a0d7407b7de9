"""What tests need of the machine that pip cannot bring."""

import os
from pathlib import Path

import pytest

# What tests fetch once is kept inside the checkout.
CACHE = Path(__file__).resolve().parent.parent / ".test" / "cache"


def missing(reason):
    """Skips, or fails where nothing may be skipped. The full test command
    lists what was skipped by the beginning of the reason."""
    if os.environ.get("GOSCHED_TEST_STRICT") == "1":
        pytest.fail(f"GOSCHED_TEST_STRICT=1 and this test cannot run: {reason}")
    pytest.skip(f"missing: {reason}")
