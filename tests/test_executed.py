"""Notebooks that programs execute from top to bottom: what goroutines print
after their cell has ended is in the result, under the cell that it belongs to."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.preprocessors import ExecutePreprocessor

CELLS = [
    'jobs := make(chan string)\ngo func() {\n\tfor j := range jobs {\n\t\tfmt.Println("done:", j)\n\t}\n}()',
    'jobs <- "sweep"\njobs <- "wash"\ntime.Sleep(100 * time.Millisecond)',
    'fmt.Println("quick")',
    'fmt.Println("one")\ntime.Sleep(50 * time.Millisecond)\nfmt.Println("two")\n'
    'go func() {\n\ttime.Sleep(50 * time.Millisecond)\n\tfmt.Println("three")\n}()',
    "time.Sleep(200 * time.Millisecond)",
    'go func() {\n\ttime.Sleep(20 * time.Millisecond)\n\tpanic("spilled")\n}()',
    "time.Sleep(200 * time.Millisecond)\n1 + 1",
]


def notebook():
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    nb.metadata["kernelspec"] = {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}
    return nb


def nbclient(nb, tmp_path, **options):
    NotebookClient(nb, **options).execute()
    return nb


def nbclient_joined(nb, tmp_path):
    """nbclient joins streams, which moves outputs."""
    return nbclient(nb, tmp_path, coalesce_streams=True)


def nbconvert(nb, tmp_path):
    return ExecutePreprocessor().preprocess(nb, {})[0]


def papermill(nb, tmp_path):
    from papermill import execute_notebook as execute
    nbformat.write(nb, tmp_path / "in.ipynb")
    execute(tmp_path / "in.ipynb", tmp_path / "out.ipynb", progress_bar=False)
    return nbformat.read(tmp_path / "out.ipynb", as_version=4)


def text(cell):
    return "".join(o.text if o.output_type == "stream" else o.data["text/plain"] for o in cell.outputs)


@pytest.mark.parametrize("execute", [nbclient, nbclient_joined, nbconvert, papermill])
def test_contract10_late_output_is_in_executed_notebooks(execute, tmp_path):
    nb = execute(notebook(), tmp_path)
    nbformat.validate(nb)
    jobs, sending, quick, pieces, waiting, spilling, result = [text(c) for c in nb.cells]
    assert jobs == "done: sweep\ndone: wash\n" and sending == ""
    assert quick == "quick\n"  # and nothing empty for goroutines that it does not have
    assert pieces == "one\ntwo\n"
    assert waiting == "[from cell 4, which has ended]\nthree\n"
    assert "panic: spilled" in spilling
    assert result == "2"
