"""nbconvert's scripts of Go notebooks, as gosched's own environments have them."""

import json
import os
import pathlib
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

IMAGE = pathlib.Path(__file__).resolve().parent.parent / "install" / "image"


def script(path, tmp_path):
    """Converts a notebook with what is installed into an environment."""
    config = tmp_path / "nbconvert.json"
    settings = json.loads((IMAGE / "etc/jupyter/jupyter_nbconvert_config.json").read_text())
    settings["TemplateExporter"] = {"extra_template_basedirs": [str(IMAGE / "share/jupyter/nbconvert/templates")]}
    config.write_text(json.dumps(settings))
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "script", f"--config={config}", str(path)], check=True, capture_output=True)


def test_go_script_runs_and_exports(tmp_path):
    nb = new_notebook(
        metadata={"language_info": {"name": "go", "file_extension": ".go", "mimetype": "text/x-go"}},
        cells=[
            new_markdown_cell("# Title\n\ntext"),
            new_code_cell("x := 1\nfmt.Println(x)"),
            new_code_cell('panic("on purpose")', metadata={"tags": ["raises-exception"]}),
            new_code_cell('x := "anew"\nfmt.Println(x)'),
        ],
    )
    path = tmp_path / "lesson.ipynb"
    nbformat.write(nb, path)
    script(path, tmp_path)
    text = (tmp_path / "lesson.go").read_text()
    assert text.startswith("// %% [markdown]\n// # Title\n//")
    assert text.count("\n// %%\n") == 2 and '// %% tags=["raises-exception"]' in text
    gosched = os.environ["GOSCHED_TEST_BIN"]
    ran = subprocess.run([gosched, "run", "--quiet", "lesson.go"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "1\nanew\n"
    subprocess.run([gosched, "export", "lesson.go", "program"], cwd=tmp_path, check=True, capture_output=True)
    assert "// # Title" in (tmp_path / "program" / "main.go").read_text()


@pytest.mark.parametrize("name", sorted(p.name for p in (IMAGE.parent.parent / "notebooks").glob("*.ipynb"))[:3])
def test_course_as_script(name, tmp_path):
    path = tmp_path / name
    path.write_text((IMAGE.parent.parent / "notebooks" / name).read_text())
    script(path, tmp_path)
    cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    text = path.with_suffix(".go").read_text()
    assert sum(line == "// %%" or line.startswith("// %% tags") for line in text.splitlines()) == len(cells)
    for cell in cells:
        assert cell.source in text


def test_other_languages_stay(tmp_path):
    nb = new_notebook(metadata={"language_info": {"name": "x", "file_extension": ".x"}}, cells=[new_markdown_cell("text"), new_code_cell("a = 1")])
    path = tmp_path / "other.ipynb"
    nbformat.write(nb, path)
    script(path, tmp_path)
    assert (tmp_path / "other.x").read_text().strip() == "a = 1"
