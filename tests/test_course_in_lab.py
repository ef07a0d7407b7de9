"""The course's notebooks as people see them: in JupyterLab, in Chromium."""

import contextlib
import os
import pathlib
import re
import subprocess

import nbformat
import pytest

from lab import ARTIFACTS, Lab

DIRECTORY = pathlib.Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(DIRECTORY.glob("*.ipynb"))
SIZE = {"width": 1100, "height": 900}
HEIGHT = 32_000  # of a window in which the longest notebook has room, also as JupyterLab estimates it before it has drawn it


@pytest.fixture(scope="module")
def course(server):
    subprocess.run([os.environ["GOSCHED_TEST_BIN"], "course", server.folder], check=True)


# What becomes of answers, hints and solutions when each is clicked on twice where it is.
# The browser does it: for it to move a mouse, all of the window is drawn time after time.
FOLDED = """() => [...document.querySelectorAll('.jp-MarkdownCell details')].map(details => {
    const summary = details.querySelector('summary');
    const inside = [...details.querySelectorAll('p, code')].find(e => !summary.contains(e));
    const state = () => inside.checkVisibility() ? 'shown' : 'folded';
    const click = () => {
        summary.scrollIntoView({block: 'nearest'});
        const {left, top, width, height} = summary.getBoundingClientRect();
        const there = document.elementFromPoint(left + width / 2, top + height / 2);
        if (!summary.contains(there)) {
            return 'covered by ' + there?.outerHTML;
        }
        there.click();
        return state();
    };
    return [state(), click(), click()].join(', ');
})"""


class Course(Lab):
    def begin(self, name):
        page = super().begin(name)
        page.page.set_viewport_size(SIZE)
        return page

    def leave(self):
        self.page.page.set_viewport_size(SIZE)
        super().leave()


@pytest.fixture(scope="module")
def lab(course, server, browser):
    with contextlib.closing(Course(server, browser)) as lab:
        yield lab


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_looks_right(lab, path):
    cells = nbformat.read(path, as_version=4).cells
    code = [c for c in cells if c.cell_type == "code"]
    with lab.opened(path.name) as page:
        # JupyterLab adds cells to the page, a few at a time, when it has nothing else to do,
        # or after three seconds each time. Once it runs them at the same time, the last ones may
        # never get there, nor what they show.
        there = page.page.locator(".jp-NotebookPanel .jp-Cell")
        page.until(lambda: there.count() == len(cells), "all cells", 240)
        page.page.get_by_role("menuitem", name="Run", exact=True).click()
        page.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        def ran(n):
            if code[n].metadata.get("jupyter", {}).get("source_hidden"):  # and its prompt with it
                return page.cell(n).locator(".jp-OutputArea-output").count() > 0
            return re.fullmatch(r"\[\d+\]:", page.prompt(n))
        page.until(lambda: ran(len(code) - 1), "the last cell", 60)
        # So high that JupyterLab draws the whole notebook. Not before: it would all be
        # drawn again whenever a cell shows something.
        page.page.set_viewport_size({**SIZE, "height": HEIGHT})

        # Nothing stops at a cell that is meant to fail, and each failure is shown.
        for n, cell in enumerate(code):
            page.until(lambda: ran(n), "that %s has been run" % cell.id)
            expected = cell.metadata.get("gosched", {}).get("expect", {})
            if "error" in expected:
                page.until(lambda: expected["error"]["name"] in page.cell(n).inner_text() or page.cell(n).locator(
                    '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]').count(),
                    "what %s fails with" % cell.id)
            if expected.get("display"):
                page.until(lambda: page.cell(n).locator(".jp-RenderedHTMLCommon").count(), "the table of %s" % cell.id)

        # Diagrams are drawn, and solutions are folded.
        diagrams = sum(c.source.count("```mermaid") for c in cells if c.cell_type == "markdown")
        drawn = page.page.locator(".jp-MarkdownCell .jp-RenderedMermaid img")
        page.until(lambda: drawn.count() == diagrams, "%d diagrams" % diagrams)
        for i in range(diagrams):
            width, source = drawn.nth(i).evaluate("img => [img.getBoundingClientRect().width, decodeURIComponent(img.src)]")
            natural = float(re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+)', source).group(1))
            print("diagram %d: %d of %d pixels" % (i + 1, width, natural))
            assert width > natural / 2, "too small to read"
        assert page.page.locator(".jp-MarkdownCell .jp-RenderedMermaid.jp-mod-warning").count() == 0
        solutions = page.page.locator(".jp-MarkdownCell details")
        folded = sum(c.source.count("<details>") for c in cells if c.cell_type == "markdown")
        page.until(lambda: solutions.count() == folded, "%d answers, hints and solutions" % folded)
        assert page.page.evaluate(FOLDED) == ["folded, shown, folded"] * folded

        page.page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer").evaluate("notebook => { notebook.scrollTop = 0 }")
        end = page.page.locator(".jp-NotebookPanel .jp-Cell").last.bounding_box()
        assert end["y"] + end["height"] < HEIGHT, "longer than the screenshot"
        page.page.mouse.move(0, 0)
        page.page.screenshot(path=ARTIFACTS / (path.stem + ".png"),
                             clip={"x": 0, "y": 0, "width": 1100, "height": end["y"] + end["height"] + 40})
