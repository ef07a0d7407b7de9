"""Programs that people use with notebooks, as they are started in a terminal."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time

import nbformat
import pytest

ESCAPES = re.compile(rb"\x1b(\[[0-9;?]*[a-zA-Z]|[()].|[=>])")
CELLS = ["x := 6", 'fmt.Println("from the cell")\nx * 7', "go fmt.Println(x)\ntime.Sleep(50 * time.Millisecond)"]


@pytest.fixture
def notebook(tmp_path):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    nb.metadata["kernelspec"] = {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}
    path = tmp_path / "in.ipynb"
    nbformat.write(nb, path)
    return path


def run(*args, cwd, ok=True):
    done = subprocess.run([sys.executable, "-m", *map(str, args)], cwd=cwd, capture_output=True, text=True, timeout=120)
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout + done.stderr


def outputs(path):
    nb = nbformat.read(path, as_version=4)
    nbformat.validate(nb)
    return ["".join(o.text if o.output_type == "stream" else o.data["text/plain"] for o in c.outputs)
            for c in nb.cells if c.cell_type == "code"]


WANT = ["", "from the cell\n42", "6\n"]


def test_papermill(notebook, tmp_path):
    run("papermill", notebook, tmp_path / "out.ipynb", cwd=tmp_path)
    assert outputs(tmp_path / "out.ipynb") == WANT


def test_papermill_stops_at_a_failure(tmp_path):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in ["1", 'panic("here")', "2"]])
    nb.metadata["kernelspec"] = {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}
    nbformat.write(nb, tmp_path / "in.ipynb")
    said = run("papermill", "in.ipynb", "out.ipynb", cwd=tmp_path, ok=False)
    assert "panic: here" in said
    assert nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[-1].outputs == []


def test_jupyter_execute(notebook, tmp_path):
    """nbclient's own program."""
    run("jupyter", "execute", "--inplace", notebook, cwd=tmp_path)
    assert outputs(notebook) == WANT


def test_nbconvert(notebook, tmp_path):
    run("nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb", notebook, cwd=tmp_path)
    assert outputs(tmp_path / "out.ipynb") == WANT
    run("nbconvert", "--to", "html", "out.ipynb", cwd=tmp_path)
    page = (tmp_path / "out.html").read_text()
    assert "from the cell" in page and "Println" in page
    run("nbconvert", "--to", "markdown", "out.ipynb", cwd=tmp_path)
    assert "```go\nx := 6\n```" in (tmp_path / "out.md").read_text()


def test_executing_again_changes_nothing_but_times(notebook, tmp_path):
    run("jupyter", "execute", "--inplace", notebook, cwd=tmp_path)
    first = json.loads(notebook.read_text())
    run("jupyter", "execute", "--inplace", notebook, cwd=tmp_path)
    again = json.loads(notebook.read_text())
    for nb in (first, again):
        for cell in nb["cells"]:
            cell["metadata"].pop("execution", None)
    assert first == again


def test_jupyter_console(tmp_path):
    """In a terminal of its own: what is typed over several lines is shown as it is."""
    main, terminal = pty.openpty()
    console = subprocess.Popen([sys.executable, "-m", "jupyter", "console", "--kernel", "gosched"], cwd=tmp_path,
                               stdin=terminal, stdout=terminal, stderr=terminal, close_fds=True, start_new_session=True,
                               env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30", "PROMPT_TOOLKIT_NO_CPR": "1"})
    os.close(terminal)
    screen = b""

    def until(text, timeout=60):
        nonlocal screen
        deadline = time.monotonic() + timeout
        while text not in ESCAPES.sub(b"", screen):
            assert time.monotonic() < deadline, screen.decode(errors="replace")
            if select.select([main], [], [], 0.1)[0]:
                screen += os.read(main, 65536)

    try:
        until(b"In [1]")
        os.write(main, b"for i := range 3 {\r")
        until(b"...:")
        os.write(main, b'fmt.Println("line", i*7)\r}\r')
        time.sleep(0.5)
        os.write(main, b"\r")
        until(b"line 14")
        assert b"^I" not in screen
        until(b"In [2]")
        os.write(main, b"\x04")  # asks whether to leave
        time.sleep(0.5)
        os.write(main, b"y\r")
        console.wait(30)
    finally:
        console.kill()
        console.wait()
        os.close(main)
