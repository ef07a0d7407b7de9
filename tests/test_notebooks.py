"""The course's notebooks, run from top to bottom by nbclient.

What each cell has to show stands in its metadata, as described in
internal/course/doc.go. The same is tested there with `gosched run`; here with
the software that Jupyter itself uses, and with a comparison of its own.
"""

import pathlib
import re

import nbformat
import pytest
from jupyter_client.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete

DIRECTORY = pathlib.Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(DIRECTORY.glob("*.ipynb"))
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Client(NotebookClient):
    """Runs a notebook and gives late output to the cell that it belongs to,
    as JupyterLab does; nbclient alone drops what comes after a cell's end."""

    def __init__(self, nb, **options):
        super().__init__(nb, **options)
        self.requests = {}

    async def async_start_new_kernel_client(self):
        client = await super().async_start_new_kernel_client()
        client.allow_stdin = True  # as front ends do that see what comes late
        return client

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        self.requests[parent_msg_id] = (cell, cell_index)
        while True:
            msg = await ensure_async(self.kc.iopub_channel.get_msg(timeout=None))
            owner = self.requests.get(msg["parent_header"].get("msg_id"))
            if owner is None:
                continue
            try:
                self.process_message(msg, *owner)
            except CellExecutionComplete:
                return


def run(nb):
    client = Client(nb, kernel_name="gosched", timeout=180, allow_errors=True,
                    resources={"metadata": {"path": str(DIRECTORY)}})
    client.execute()
    return nb.cells


def matches(pattern, line):
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.fullmatch(pattern[1:-1], line) is not None
    return pattern == line


def pairs(patterns, lines):
    """Whether each pattern can have a line of its own."""
    if not patterns:
        return not lines
    return any(matches(patterns[0], line) and pairs(patterns[1:], lines[:i] + lines[i + 1:])
               for i, line in enumerate(lines))


def lines_of(text):
    return [line.rstrip() for line in text.removesuffix("\n").split("\n")] if text.strip("\n") else []


def differs(expected, text):
    """What is wrong with a text, or None."""
    rest = lines_of(text)
    for want in expected:
        if isinstance(want, dict):
            pattern = want["repeat"] if "repeat" in want else want["maybe"]
            n = next((i for i, line in enumerate(rest) if not matches(pattern, line)), len(rest))
            good = n > 0 or "maybe" in want
        else:
            group = want if isinstance(want, list) else [want]
            n = len(group)
            good = pairs(group, rest[:n])
        if not good:
            return f"want {want}, got {rest[:n]} in\n{text}"
        rest = rest[n:]
    return f"more than expected: {rest} in\n{text}" if rest else None


def complaints(expect, outputs):
    """How a cell's outputs differ from what is expected."""
    def stream(name):
        return "".join(o.text for o in outputs if o.output_type == "stream" and o.name == name)

    found = [differs(expect.get(name, []), stream(name)) for name in ("stdout", "stderr")]
    results = [o.data["text/plain"] for o in outputs if o.output_type == "execute_result"]
    found.append(differs(expect.get("result", []), "".join(results)))
    displays = [o.data["text/plain"] for o in outputs if o.output_type == "display_data"]
    wanted = expect.get("display", [])
    if len(displays) != len(wanted):
        found.append(f"{len(displays)} displays, want {len(wanted)}: {displays}")
    found += [differs(want, text) for want, text in zip(wanted, displays)]
    errors = [o for o in outputs if o.output_type == "error"]
    error = expect.get("error")
    if len(errors) != (error is not None):
        found.append(f"errors {errors}, want {error}")
    elif error:
        got = errors[0]
        if got.ename != error["name"] or not matches(error["value"], got.evalue):
            found.append(f"{got.ename}: {got.evalue}, want {error}")
        rest = iter(line.strip() for line in COLOURS.sub("", "\n".join(got.traceback)).split("\n"))
        for want in error.get("traceback", []):
            if not any(matches(want, line) for line in rest):
                found.append(f"no line like {want} where it is due in\n" + "\n".join(got.traceback))
                break
    return [f for f in found if f]


def facts(cell):
    return cell.metadata.get("gosched", {})


def test_there_are_notebooks():
    assert len(NOTEBOOKS) == 25


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_format(path):
    nb = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(nb)
    assert (nb.nbformat, nb.nbformat_minor) == (4, 5)
    assert len({cell.id for cell in nb.cells}) == len(nb.cells)
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.outputs:
            assert cell.execution_count and not complaints(facts(cell).get("expect", {}), cell.outputs), cell.id


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs(path):
    """Top to bottom; then the exercise's solution, and the check."""
    nb = nbformat.read(path, as_version=4)
    count = len(nb.cells)
    wants = []
    roles = {facts(c)["role"]: c for c in nb.cells if "role" in facts(c)}
    if "check" in roles:
        check = facts(roles["check"])
        solution = re.search(r"```go\n(.*?)\n```", roles["solution"].source, re.S).group(1)
        nb.cells += [nbformat.v4.new_code_cell(solution), nbformat.v4.new_code_cell(roles["check"].source)]
        wants += [{}, check["solved"]]  # other answers are tried in internal/course
    nb.cells.append(nbformat.v4.new_code_cell("time.Sleep(100 * time.Millisecond)"))  # for late output
    wants = [facts(c).get("expect", {}) for c in nb.cells[:count]] + wants + [{}]
    wrong = []
    for cell, want in zip(run(nb), wants):
        if cell.cell_type == "code":
            wrong += [f"{cell.id}: {c}" for c in complaints(want, cell.outputs)]
    assert not wrong, "\n\n".join(wrong)


def test_the_comparison_finds_differences():
    output = nbformat.v4.new_output
    text = [output("stream", name="stdout", text="a\nb\nc\n")]
    assert not complaints({"stdout": [["b", "a"], "/[c]/"]}, text)
    assert not complaints({"stdout": ["a", {"maybe": "x"}, {"maybe": "/[bc]/"}]}, text)
    for stdout in ([], ["a", "b"], [{"maybe": "a"}], ["b", "a", "c"], ["a", "b", "c", "d"], ["/a/", ["b", "b"]], [{"repeat": "x"}]):
        assert complaints({"stdout": stdout}, text), stdout
    failure = [output("error", ename="panic", evalue="boom", traceback=["panic: boom", "cell 1 line 2"])]
    assert not complaints({"error": {"name": "panic", "value": "boom", "traceback": ["panic: boom", "/cell .*/"]}}, failure)
    assert complaints({}, failure)
    assert complaints({"error": {"name": "panic", "value": "boom"}}, [])
    assert complaints({"error": {"name": "deadlock", "value": "boom"}}, failure)
    assert complaints({"error": {"name": "panic", "value": "boom", "traceback": ["/cell .*/", "panic: boom"]}}, failure)
    assert complaints({"result": ["1"]}, [])
    assert complaints({}, [output("display_data", data={"text/plain": "x"})])
