"""What tests need of the machine that pip cannot bring."""

import fcntl
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


def once(name, make):
    """Has make make a file or folder of this name, which all who test beside each other
    share, and returns where it is. Others wait until it is there."""
    place = Path(os.environ["GOSCHED_TEST_SHARED"], name)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            unfinished = place.with_suffix(".unfinished")
            make(unfinished)
            unfinished.rename(place)
    return place
