"""Notebook 7, several people in one notebook, and that opening a notebook changes nothing in it."""

import contextlib
import shutil
import time

from lab import ARTIFACTS, ROOT, TOKEN, Page, Server


def test_opening_a_lesson_changes_nothing(server, browser):
    lesson = sorted((ROOT / "notebooks").glob("01-*.ipynb"))[0]
    shutil.copy(lesson, server.folder)
    with contextlib.closing(Page(server, browser, lesson.name)) as page:
        page.page.wait_for_timeout(1000)
        assert page.page.locator(".jp-mod-dirty").count() == 0
        page.page.keyboard.press("Control+s")
        page.page.wait_for_timeout(1000)
        page.screenshot("opened")
    assert (server.folder / lesson.name).read_bytes() == lesson.read_bytes()


def test_notebook_7(browser):
    with contextlib.closing(Server(program="notebook")) as server:
        server.write("seven.ipynb", ['for i := range 3 {\n\tfmt.Println("line", i)\n}', 'display.HTML("<b id=\\"bold\\">bold</b>")'])
        page = browser.context.new_page()
        with contextlib.closing(page):
            page.goto("%s/notebooks/seven.ipynb?token=%s" % (server.url, TOKEN))
            cells = page.locator(".jp-CodeCell")
            cells.nth(1).wait_for()
            deadline = time.monotonic() + 60
            while not any(s["kernel"]["connections"] and s["kernel"]["execution_state"] == "idle" for s in server.get("/api/sessions")):
                assert time.monotonic() < deadline, "no kernel"
                page.wait_for_timeout(100)
            page.wait_for_timeout(1000)
            for n in range(2):
                cells.nth(n).locator(".cm-content").click()
                page.keyboard.press("Shift+Enter")
            page.locator("#bold").wait_for()
            assert cells.nth(0).locator(".jp-OutputArea-output").all_text_contents() == ["line 0\nline 1\nline 2\n"]
            page.screenshot(path=ARTIFACTS / "notebook-7.png")


def test_two_people_in_one_notebook(browser):
    """With jupyter-collaboration: both see what a cell prints while it runs, and a
    goroutine's line after it."""
    with contextlib.closing(Server(together=True)) as server:
        server.write("together.ipynb", ['for i := range 5 {\n\tfmt.Println("line", i)\n\ttime.Sleep(200 * time.Millisecond)\n}\n'
                                        'go func() {\n\ttime.Sleep(time.Second)\n\tfmt.Println("late")\n}()'])
        with contextlib.closing(Page(server, browser, "together.ipynb")) as one, \
                contextlib.closing(Page(server, browser, "together.ipynb")) as two:
            one.run(0)
            for page in (one, two):
                page.until(lambda page=page: "line 4" in page.text(0), "the last line")
                page.until(lambda page=page: "late" in page.text(0), "the goroutine's line")
                assert page.text(0).split() == "line 0 line 1 line 2 line 3 line 4 late".split()
            two.screenshot("two")
