"""Tests of the whole program through Jupyter's own software.

    go run ./internal/alltests                 # everything, these too
    go run ./internal/alltests -only python    # only these
    .test/venv/bin/python -m pytest tests      # with what the first has set up
    .test/venv/bin/python -m pytest tests/test_lab.py -k streaming

The kernel under test is GOSCHED_TEST_BIN, or is built from this tree. It is
installed as a person would install it, into a directory of the test run.
Screenshots of JupyterLab go to GOSCHED_TEST_ARTIFACTS, or to artifacts/.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))


def pytest_configure(config):
    """Installs the kernel, before any test module looks for it."""
    temp = tempfile.mkdtemp(prefix="gosched-tests-")
    config.add_cleanup(lambda: shutil.rmtree(temp, ignore_errors=True))
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["GOSCHED_TEST_SHARED"] = temp  # workers have this folder of who started them
    binary = os.environ.get("GOSCHED_TEST_BIN")
    if not binary:
        binary = os.path.join(temp, "gosched")
        subprocess.run(["go", "build", "-o", binary, "./cmd/gosched"], cwd=ROOT, check=True)
        os.environ["GOSCHED_TEST_BIN"] = binary
    prefix = os.path.join(temp, "prefix")
    subprocess.run([binary, "install", "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
    os.environ.update(
        JUPYTER_PATH=os.path.join(prefix, "share", "jupyter"),
        JUPYTER_CONFIG_DIR=os.path.join(temp, "config"),
        JUPYTER_DATA_DIR=os.path.join(temp, "data"),
        JUPYTER_RUNTIME_DIR=os.path.join(temp, "runtime"),
        JUPYTERLAB_SETTINGS_DIR=os.path.join(temp, "settings"),
        JUPYTERLAB_WORKSPACES_DIR=os.path.join(temp, "workspaces"),
        IPYTHONDIR=os.path.join(temp, "ipython"),
    )


# Files whose tests take minutes, those that take longest first. They begin before all
# others: otherwise one of them ends alone. alltests has workers take files in this order.
LONG = ["test_course_in_lab", "test_site", "test_image", "test_wheel", "test_book", "test_site_bad_input", "test_lab", "test_hub",
        "test_frontends", "test_picture", "test_widgets_lab", "test_typing", "test_script"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


# JupyterLab is imported where a test asks for it: it takes Playwright.

@pytest.fixture(scope="session")
def jupyterlab():
    from lab import Server
    with contextlib.closing(Server()) as s:
        yield s


@pytest.fixture(scope="module")
def server(jupyterlab):
    """JupyterLab in which nothing of other files' tests runs. Its server is the same: it
    takes seconds to start."""
    yield jupyterlab
    jupyterlab.end_kernels()


@pytest.fixture(scope="module")
def browser():
    from lab import Browser
    with contextlib.closing(Browser()) as b:
        yield b


@pytest.fixture
def visit(server, browser):
    """Opens the notebook of a name for a while; at the end nothing may have gone wrong."""
    from lab import Page
    return lambda name: contextlib.closing(Page(server, browser, name))


@pytest.fixture
def open_notebook(server, visit, request):
    """Opens a notebook with these cells."""
    with contextlib.ExitStack() as stack:
        def opened(*cells):
            name = request.node.name.removeprefix("test_") + ".ipynb"
            server.write(name, cells)
            return stack.enter_context(visit(name))
        yield opened


@pytest.fixture(scope="session")
def site():
    from needs import missing, once
    from site_pages import Site, build, given
    if not given() and not any(os.environ.get(v) for v in ("GOSCHED_TEST_ALL", "GOSCHED_TEST_SITE_PYTHON")):
        pytest.skip("building the site takes a while; it is built when GOSCHED_TEST_ALL=1")
    if not shutil.which("go"):
        missing("go is not installed")
    built = given() or once("site", lambda place: build(place, os.environ.get("GOSCHED_TEST_SITE_PYTHON")))
    with contextlib.closing(Site(built=built)) as s:
        yield s


@pytest.fixture
def opened(site, browser):
    """Opens notebooks of the site, each in a browser of its own."""
    from site_pages import Page
    with contextlib.ExitStack() as stack:
        yield lambda name, **how: stack.enter_context(contextlib.closing(Page(site, browser, name, **how)))
