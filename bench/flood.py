"""How long JupyterLab takes to run a cell that prints many lines, with gosched
and with ipykernel, in the same browser, in turns.

    .test/venv/bin/python bench/flood.py [LINES] [ROUNDS]

It needs what the Python tests need, and ipykernel beside it. Prints medians in
seconds from pressing Shift-Enter to the cell's number, and their ratio.
"""

import contextlib
import json
import pathlib
import statistics
import sys
import time

from playwright.sync_api import TimeoutError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
import conftest  # noqa: E402


class Config:
    def add_cleanup(self, f):
        pass


# Asked in the page, and without its layout: to lay out so much text takes longer
# than anything that is measured.
PROMPT = "document.querySelector('.jp-NotebookPanel .jp-CodeCell .jp-InputPrompt').textContent.trim()"
BEGUN = f"() => {PROMPT} != '[ ]:'"
ENDED = f"() => /^\\[\\d+\\]:$/.test({PROMPT})"


def press(page):
    """Runs the cell and returns when; a page that has just opened may not
    have listened."""
    while True:
        start = time.monotonic()
        page.run(0)
        with contextlib.suppress(TimeoutError):
            page.page.wait_for_function(BEGUN, polling=20, timeout=5_000)
            return start


def main(lines=100_000, rounds=5):
    conftest.pytest_configure(Config())
    import lab

    lab.ARTIFACTS.mkdir(exist_ok=True)
    server, browser = lab.Server(), lab.Browser()
    cells = {
        "gosched": ("go", f'for i := range {lines} {{\n\tfmt.Println("line", i)\n}}'),
        "python3": ("python", f'for i in range({lines}):\n    print("line", i)'),
    }
    took = {name: [] for name in cells}
    try:
        for turn in range(rounds):
            for name, (language, source) in cells.items():
                file = f"{name}-{turn}.ipynb"
                server.write(file, [source])
                content = json.loads((server.folder / file).read_text())
                content["metadata"] = {"kernelspec": {"name": name, "display_name": name, "language": language}}
                (server.folder / file).write_text(json.dumps(content))
                page = lab.Page(server, browser, file)
                start = press(page)
                page.page.wait_for_function(ENDED, polling=50, timeout=300_000)
                took[name].append(time.monotonic() - start)
                print(f"{name}: {took[name][-1]:.2f} s", file=sys.stderr, flush=True)
                page.page.close()
        for name, times in took.items():
            print(f"{name:8} {statistics.median(times):6.2f} s   {' '.join(f'{t:.2f}' for t in times)}")
        print(f"ratio    {statistics.median(took['gosched']) / statistics.median(took['python3']):6.2f}")
    finally:
        browser.close()
        server.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
