"""The Python package: installed as people do, on a machine without Go."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from lab import ROOT, Browser, Page, Server

NOTEBOOK = {
    "nbformat": 4, "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}},
    "cells": [{"id": "a", "cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
               "source": "ch := make(chan int)\ngo func() { ch <- 6 * 7 }()\n<-ch"}],
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel for this machine."""
    version = re.search(r"^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.M).group(1)
    dist = tmp_path_factory.mktemp("dist")
    command = ["go", "run", "./internal/release", "-version", "v" + version, "-out", str(dist),
               "-platforms", platform(), "-lite=false"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=900)
    (path,) = dist.glob("gosched-*.whl")
    return path


def platform():
    return subprocess.run(["go", "env", "GOOS", "GOARCH"], capture_output=True, text=True, check=True).stdout.strip().replace("\n", "/")


class Environment:
    """A virtual environment, and a world in which there is no Go and no other Jupyter."""

    def __init__(self, folder):
        self.prefix = folder / "env"
        subprocess.run([sys.executable, "-m", "venv", str(self.prefix)], check=True)
        self.bin = self.prefix / "bin"
        home = folder / "home"
        home.mkdir()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "GO", "IPYTHON", "PYTHON"))}
        self.env.update(HOME=str(home), PATH="%s:/usr/bin:/bin" % self.bin, VIRTUAL_ENV=str(self.prefix))
        assert not shutil.which("go", path=self.env["PATH"])

    def run(self, *command, cwd=None, check=True):
        done = subprocess.run([str(c) for c in command], env=self.env, cwd=cwd, capture_output=True, text=True, timeout=600)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def pip(self, *args):
        return self.run(self.bin / "python", "-m", "pip", "--disable-pip-version-check", "--no-input", *args)


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    e = Environment(tmp_path_factory.mktemp("wheel"))
    e.pip("install", "--no-deps", "--require-hashes", "-r", ROOT / "install" / "requirements.txt")
    e.pip("install", "--no-index", wheel)
    return e


def test_jupyter_knows_the_kernels_at_once(environment):
    listed = json.loads(environment.run(environment.bin / "jupyter", "kernelspec", "list", "--json"))["kernelspecs"]
    kernels = environment.prefix / "share" / "jupyter" / "kernels"
    for name in "gosched", "gosched-yaegi":
        assert pathlib.Path(listed[name]["resource_dir"]) == kernels / name


def test_a_notebook_runs(environment, tmp_path):
    (tmp_path / "a.ipynb").write_text(json.dumps(NOTEBOOK))
    # The environment is not active: the kernelspec alone finds the program.
    environment.run("env", "PATH=/usr/bin:/bin", environment.bin / "jupyter", "execute", "--inplace", "a.ipynb", cwd=tmp_path)
    ran = json.loads((tmp_path / "a.ipynb").read_text())
    assert ran["cells"][0]["outputs"][0]["data"]["text/plain"] in ("42", ["42"])


def test_jupyterlab_offers_it(environment):
    env = {**environment.env, "JUPYTERLAB_SETTINGS_DIR": os.environ["JUPYTERLAB_SETTINGS_DIR"]}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(contextlib.closing(Server(environment.bin / "python", env)))
        server.write("a.ipynb", ['fmt.Println("from the wheel")'])
        page = stack.enter_context(contextlib.closing(Page(server, stack.enter_context(contextlib.closing(Browser())), "a.ipynb")))
        page.run(0)
        page.until(lambda: "from the wheel" in page.cell(0).inner_text(), "the output", 30)


def test_the_program_is_on_the_path(environment, tmp_path):
    assert "gosched" in environment.run("gosched", "version")
    environment.run("gosched", "course", tmp_path / "mine")
    assert (tmp_path / "mine" / "00-index.ipynb").exists()
    told = environment.run("gosched", "doctor", check=False)
    assert "vanished" not in told and str(environment.prefix) in told


def test_uninstalling_leaves_nothing(wheel, tmp_path):
    e = Environment(tmp_path)
    before = {p for p in e.prefix.rglob("*") if "__pycache__" not in p.parts}
    e.pip("install", "--no-index", wheel)
    assert {p for p in e.prefix.rglob("gosched*")}
    e.pip("uninstall", "--yes", "gosched")
    left = {p for p in e.prefix.rglob("*") if p.is_file() and "__pycache__" not in p.parts} - before
    assert not left
