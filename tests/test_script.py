"""nbconvert's scripts of Go notebooks, as gosched's own environments have them."""

import os
import pathlib
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMAGE = ROOT / "install" / "image"
COURSE = sorted((ROOT / "notebooks").glob("*.ipynb"))
GO = {"language_info": {"name": "go", "file_extension": ".go", "mimetype": "text/x-go"}, "kernelspec": {"name": "gosched", "display_name": "Go", "language": "go"}}


# Kernels in the environment of the tests are found whatever the variables say.
WITHOUT_KERNELS = """
from jupyter_client.kernelspec import KernelSpecManager
from nbconvert.nbconvertapp import main
KernelSpecManager._kernel_dirs_default = lambda self: []
main()
"""


def script(*paths, python=("-m", "nbconvert"), **environment):
    """Converts notebooks with what is installed into an environment."""
    data = os.pathsep.join([str(IMAGE / "share" / "jupyter"), os.environ["JUPYTER_PATH"]])
    env = os.environ | {"JUPYTER_CONFIG_PATH": str(IMAGE / "etc" / "jupyter"), "JUPYTER_PATH": data} | environment
    said = subprocess.run([sys.executable, *python, "--to", "script", *map(str, paths)], capture_output=True, text=True, env=env)
    assert said.returncode == 0, said.stderr
    return said.stderr


def go(folder, *args):
    ran = subprocess.run(["go", *args], cwd=folder, capture_output=True, text=True, env=os.environ | {"GOFLAGS": "-trimpath", "GOWORK": "off"})
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def lesson(folder):
    nb = new_notebook(
        metadata=GO,
        cells=[
            new_markdown_cell("# Title\n\ntext"),
            new_code_cell("x := 1\nfmt.Println(x)"),
            new_code_cell('panic("on purpose")', metadata={"tags": ["raises-exception"]}),
            new_code_cell('x := "anew"\nfmt.Println(x)'),
            new_code_cell("display.Text(x)\nx"),
        ],
    )
    path = folder / "lesson.ipynb"
    nbformat.write(nb, path)
    return path


def test_go_script_is_a_program(tmp_path):
    script(lesson(tmp_path))
    assert go(tmp_path, "run", "lesson.go") == '1\nanew\nanew\n"anew"\n'
    text = (tmp_path / "lesson.go").read_text()
    assert text.startswith("// Command lesson is the notebook") and "// # Title" in text and "on purpose" in text
    assert "\n// %%" not in text


def test_without_gosched_it_is_in_cells(tmp_path):
    nothing = {"JUPYTER_PATH": str(IMAGE / "share" / "jupyter"), "JUPYTER_DATA_DIR": str(tmp_path / "data"), "PATH": ""}
    said = script(lesson(tmp_path), python=("-c", WITHOUT_KERNELS), **nothing)
    assert "no gosched" in said
    text = (tmp_path / "lesson.go").read_text()
    assert text.startswith("// %% [markdown]\n// # Title\n//")
    assert text.count("\n// %%\n") == 3 and '// %% tags=["raises-exception"]' in text
    gosched = os.environ["GOSCHED_TEST_BIN"]
    ran = subprocess.run([gosched, "run", "--quiet", "lesson.go"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("1\nanew\nanew\n")
    subprocess.run([gosched, "export", "lesson.go", "program"], cwd=tmp_path, check=True, capture_output=True)
    assert "// # Title" in (tmp_path / "program" / "main.go").read_text()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The notebooks of the course, each converted in a folder of its own, by one nbconvert."""
    folder = tmp_path_factory.mktemp("course")
    for notebook in COURSE:
        (folder / notebook.stem).mkdir()
        (folder / notebook.stem / notebook.name).write_text(notebook.read_text())
    script(*sorted(folder.glob("*/*.ipynb")))
    return folder


@pytest.mark.parametrize("name", [p.stem for p in COURSE])
def test_course_as_script(course, name):
    """Every notebook of the course is a program that the go command accepts."""
    program = course / name / (name + ".go")
    text = program.read_text()
    for line in text.splitlines():
        if line.startswith("// It needs modules: "):
            for command in line.removeprefix("// It needs modules: ").split(" && "):
                go(program.parent, *command.split()[1:])
    assert "\nfunc main() {\n" in text
    go(program.parent, "vet", program.name)


def test_other_languages_stay(tmp_path):
    nb = new_notebook(metadata={"language_info": {"name": "x", "file_extension": ".x"}}, cells=[new_markdown_cell("text"), new_code_cell("a = 1")])
    path = tmp_path / "other.ipynb"
    nbformat.write(nb, path)
    script(path)
    assert (tmp_path / "other.x").read_text().strip() == "a = 1"


def test_jupyterlab_writes_the_same(tmp_path):
    """JupyterLab's server makes its exporters of its own settings."""
    lesson(tmp_path)
    code = (
        "import sys; from jupyter_server.serverapp import ServerApp; from nbconvert.exporters import get_exporter\n"
        "app = ServerApp(); app.load_config_file()\n"
        "text, _ = get_exporter('script')(config=app.config).from_filename('lesson.ipynb')\n"
        "open('lesson.go', 'w').write(text)\n"
    )
    data = os.pathsep.join([str(IMAGE / "share" / "jupyter"), os.environ["JUPYTER_PATH"]])
    env = os.environ | {"JUPYTER_CONFIG_PATH": str(IMAGE / "etc" / "jupyter"), "JUPYTER_PATH": data}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, env=env)
    assert go(tmp_path, "run", "lesson.go") == '1\nanew\nanew\n"anew"\n'
