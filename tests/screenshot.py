"""Makes docs/screenshot.png, the picture in the README:

    .test/venv/bin/python tests/screenshot.py
"""

import contextlib

import conftest
from lab import ROOT, Browser, Page, Server

CELLS = [
    "# Goroutines live across cells\nWorkers that the first cell starts print there, whoever feeds them.",
    'jobs := make(chan int)\n\nfor w := range 3 {\n\tgo func() {\n\t\tfor j := range jobs {\n'
    '\t\t\tfmt.Println("worker", w, "does job", j)\n\t\t\ttime.Sleep(50 * time.Millisecond)\n\t\t}\n\t}()\n}',
    "for j := range 6 {\n\tjobs <- j\n}",
    "%goroutines",
    'results := make(chan string)\nresults <- "done" // who receives?',
]


class Config:
    def __init__(self, stack):
        self.add_cleanup = stack.callback


def main():
    with contextlib.ExitStack() as stack:
        conftest.pytest_configure(Config(stack))
        server = stack.enter_context(contextlib.closing(Server()))
        browser = stack.enter_context(contextlib.closing(
            Browser(viewport={"width": 1000, "height": 1100}, device_scale_factor=1.5)))
        server.write("goroutines.ipynb", CELLS)
        page = stack.enter_context(contextlib.closing(Page(server, browser, "goroutines.ipynb")))
        page.page.keyboard.press("Control+b")  # the file browser away
        for n in range(len(CELLS) - 1):
            page.run(n)
            page.ended(n)
        page.until(lambda: page.text(0).count("worker") == 6, "the workers")
        # The cell that JupyterLab has added at the end says nothing.
        page.page.keyboard.press("Escape")
        page.page.keyboard.press("d")
        page.page.keyboard.press("d")
        page.page.keyboard.press("Control+s")
        page.page.wait_for_timeout(1500)
        page.page.locator(".jp-WindowedPanel-outer").first.evaluate("e => e.scrollTo(0, 0)")
        page.page.wait_for_timeout(500)
        picture = ROOT / "docs" / "screenshot.png"
        picture.parent.mkdir(exist_ok=True)
        page.page.screenshot(path=picture)
        print(picture, picture.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
