"""Pictures of goroutines in JupyterLab: drawn, alive, in both themes, and reopened; in Notebook 7, and exported."""

import contextlib
import subprocess
import sys
import time

import pytest

from lab import ARTIFACTS, TOKEN, Page, Server

TRACED = """%%trace
ch := make(chan string)

func greet() {
\tname := <-ch
\tch <- "hello, " + name
}

go greet()
ch <- "gopher"
fmt.Println(<-ch)"""

# It ends when it is told to, by a file.
LIVE = """%%trace live
for n := range 8 {
\tif n == 4 {
\t\tfor _, err := os.Stat("go-on"); err != nil; _, err = os.Stat("go-on") {
\t\t\ttime.Sleep(50 * time.Millisecond)
\t\t}
\t}
\tgo fmt.Println(n)
\ttime.Sleep(100 * time.Millisecond)
}"""


def theme(page, name):
    page.page.get_by_role("menuitem", name="Settings").first.click()
    page.page.get_by_text("Theme", exact=True).first.hover()
    page.page.get_by_text(name, exact=True).first.click()


def test_a_picture_is_alive(server, browser):
    server.write("picture.ipynb", [TRACED, TRACED])
    with contextlib.closing(Page(server, browser, "picture.ipynb")) as page:
        for n in range(2):  # two on one page
            page.run(n)
            page.ended(n)
        views = page.page.locator(".gosched-picture .gp-view")
        page.until(lambda: views.count() == 2, "two pictures")
        first = page.cell(0)
        told = first.locator(".gp-info")

        # With the mouse: a message, its value and its source.
        first.locator(".values g", has_text='"gopher"').first.click()
        page.until(lambda: '"gopher"' in told.inner_text() and 'ch <- "gopher"' in told.inner_text(), "the message's source")
        assert page.cell(1).locator(".gp-info").inner_text() == ""
        page.screenshot("light")

        # With keys, which must not reach the notebook: there, d twice deletes a cell.
        cells = page.page.locator(".jp-CodeCell").count()
        first.locator(".gp-view").focus()
        page.page.keyboard.press("Home")
        page.until(lambda: "starts" in told.inner_text(), "the go statement")
        page.page.keyboard.press("ArrowRight")
        page.page.keyboard.press("0")
        page.page.keyboard.press("0")
        page.page.keyboard.press("d")
        page.page.keyboard.press("d")
        wide = first.locator(".gp-view rect.x.run").first.bounding_box()["width"]
        page.page.keyboard.press("+")
        page.until(lambda: first.locator(".gp-view rect.x.run").first.bounding_box()["width"] > wide * 1.3, "a bar that is zoomed")
        page.page.keyboard.press("t")
        assert first.get_by_role("button", name="Time to scale").get_attribute("aria-pressed") == "true"
        assert page.page.locator(".jp-CodeCell").count() == cells

        theme(page, "JupyterLab Dark")
        page.until(lambda: page.page.locator(".gosched-picture.gp-dark").count() == 2, "dark pictures")
        page.screenshot("dark")
        theme(page, "JupyterLab Light")
        page.until(lambda: page.page.locator(".gosched-picture.gp-light").count() == 2, "light pictures")
        page.page.keyboard.press("Control+s")
        page.page.wait_for_timeout(1000)

    # Saved and opened again it is alive without being run.
    with contextlib.closing(Page(server, browser, "picture.ipynb")) as page:
        page.until(lambda: page.page.locator(".gosched-picture .gp-view").count() == 2, "two pictures in the reopened notebook")


def test_a_picture_grows_while_the_cell_runs(server, browser):
    server.write("live.ipynb", [LIVE])
    with contextlib.closing(Page(server, browser, "live.ipynb")) as page:
        page.run(0)
        picture = page.cell(0).locator(".gosched-picture")
        drawn = picture.locator(".names text", has_text="G")
        page.until(lambda: drawn.count() >= 5, "a picture of the goroutines so far")
        assert page.prompt(0) == "[*]:" and drawn.count() < 9
        (server.folder / "go-on").touch()
        page.ended(0)
        page.until(lambda: drawn.count() >= 9, "all goroutines")


def test_a_picture_in_notebook_7_and_exported(browser):
    """Notebook 7 draws it, in a notebook that is reopened too; nbconvert's page has it,
    with scripts and without."""
    with contextlib.closing(Server(program="notebook")) as server:
        server.write("seven-picture.ipynb", [TRACED])
        file = server.folder / "seven-picture.ipynb"
        for run in (True, False):
            page = browser.context.new_page()
            with contextlib.closing(page):
                page.goto("%s/notebooks/seven-picture.ipynb?token=%s" % (server.url, TOKEN))
                cell = page.locator(".jp-CodeCell").first
                cell.wait_for()
                if run:
                    deadline = time.monotonic() + 60
                    while not any(s["kernel"]["connections"] and s["kernel"]["execution_state"] == "idle" for s in server.get("/api/sessions")):
                        assert time.monotonic() < deadline, "no kernel"
                        page.wait_for_timeout(100)
                    page.wait_for_timeout(1000)
                    cell.locator(".cm-content").click()
                    page.keyboard.press("Shift+Enter")
                cell.locator(".gosched-picture .gp-view").wait_for()
                cell.locator(".values g", has_text='"gopher"').first.click()
                cell.locator(".gp-info", has_text='ch <- "gopher"').wait_for()
                page.screenshot(path=ARTIFACTS / ("picture-notebook-7-%s.png" % ("run" if run else "reopened")))
                # The focus is in the picture, whose keys are its own; but not this one.
                assert page.evaluate("document.activeElement.classList.contains('gp-view')")
                page.keyboard.press("Control+s")
                deadline = time.monotonic() + 30
                while "gosched-picture" not in file.read_text():
                    assert time.monotonic() < deadline, "the notebook is not saved"
                    page.wait_for_timeout(100)
        subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", file.name], cwd=server.folder, check=True, capture_output=True)
        exported = server.folder / "seven-picture.html"
        page = browser.context.new_page()
        with contextlib.closing(page):
            page.goto(exported.as_uri())
            page.locator(".gosched-picture .gp-view").wait_for()
            page.screenshot(path=ARTIFACTS / "picture-exported.png")
            # Where scripts do not run, the figure stands there by itself.
            exported.write_text(exported.read_text().replace(" onload=", " data-onload="))
            page.goto(exported.as_uri())
            assert page.locator(".gp-view").count() == 0
            figure = page.locator(".gosched-picture svg, img[src^='data:image/svg']").first
            figure.wait_for()
            assert figure.bounding_box()["width"] > 300
            page.screenshot(path=ARTIFACTS / "picture-exported-still.png")
