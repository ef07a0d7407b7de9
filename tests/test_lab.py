"""JupyterLab in Chromium with the kernel: what people see."""

import contextlib
import re
import subprocess
import sys

import pytest

from lab import ARTIFACTS, ROOT, Lab, Page


@pytest.fixture(scope="module")
def lab(server, browser):
    with contextlib.closing(Lab(server, browser)) as lab:
        yield lab


@pytest.fixture
def visit(lab):
    """Opens notebooks in the page of the one before."""
    return lab.opened


# Notes each change of what stands below a cell, with the prompt of that moment.
WATCH = """cell => {
    window.seen = [];
    const look = () => {
        const text = [...cell.querySelectorAll(".jp-OutputArea-output")].map(e => e.textContent).join("");
        const now = [cell.querySelector(".jp-InputPrompt").textContent.trim(), text.split("line").length - 1];
        if (String(seen.at(-1)) != String(now)) seen.push(now);
    };
    new MutationObserver(look).observe(cell, {childList: true, subtree: true, characterData: true});
}"""


def test_output_streams_while_the_cell_runs(open_notebook):
    page = open_notebook('for i := range 10 {\n\tfmt.Println("line", i)\n\ttime.Sleep(400 * time.Millisecond)\n}', "1 + 1")
    page.cell(0).evaluate(WATCH)
    page.run(0)
    page.until(lambda: page.text(0).count("line") >= 4, "four lines")
    page.screenshot("half-way")
    assert page.prompt(0) == "[*]:", "the cell should still run"
    page.ended(0)
    seen = [lines for prompt, lines in page.page.evaluate("seen") if prompt == "[*]:" and lines > 0]
    assert seen == sorted(seen)
    assert len(set(seen)) >= 8, "the lines were not shown one by one: %s" % seen
    assert page.text(0).split("\n")[:10] == ["line %d" % i for i in range(10)]
    page.run(1)
    page.ended(1)
    assert page.text(1).strip() == "2"


def test_a_goroutines_lines_stay_under_its_cell(open_notebook):
    page = open_notebook(
        'go func() {\n\tfor i := range 8 {\n\t\ttime.Sleep(300 * time.Millisecond)\n\t\tfmt.Println("tick", i)\n\t}\n}()',
        'for i := range 6 {\n\tfmt.Println("second", i)\n\ttime.Sleep(200 * time.Millisecond)\n}',
        'fmt.Println("third")')
    page.run(0)
    page.ended(0)
    before = page.text(0).count("tick")
    page.run(1)
    page.until(lambda: page.prompt(1) == "[*]:" and page.text(0).count("tick") > before, "a tick while the second cell runs")
    page.screenshot("both-run")
    page.ended(1)
    page.run(2)
    page.ended(2)
    page.until(lambda: page.text(0).count("tick") == 8, "the last tick, with no cell running")
    assert page.text(0).split() == " ".join("tick %d" % i for i in range(8)).split()
    assert page.text(1).split() == " ".join("second %d" % i for i in range(6)).split()
    assert page.text(2).strip() == "third"
    page.screenshot("end")


def test_forty_goroutines_of_three_cells(open_notebook):
    page = open_notebook(*[
        'for g := range %d {\n\tgo func() {\n\t\tfor i := range 5 {\n\t\t\ttime.Sleep(200 * time.Millisecond)\n'
        '\t\t\tfmt.Println("cell %d, goroutine", g, "line", i)\n\t\t}\n\t}()\n}' % (count, c)
        for c, count in ((1, 14), (2, 13), (3, 13))])
    for n in range(3):
        page.run(n)
    counts = [14, 13, 13]
    page.until(lambda: [page.text(n).count("goroutine") for n in range(3)] == [5 * c for c in counts], "every line")
    for n in range(3):
        lines = page.text(n).strip().split("\n")
        assert sorted(lines) == sorted("cell %d, goroutine %d line %d" % (n + 1, g, i) for g in range(counts[n]) for i in range(5))
    page.screenshot("end")


def test_interrupt_button(open_notebook):
    page = open_notebook('fmt.Println("begun")\nfor {\n}', 'fmt.Println("still here")')
    page.run(0)
    page.until(lambda: "begun" in page.text(0), "the first line")
    page.button("notebook:interrupt-kernel")
    page.ended(0, 5)
    assert "interrupted" in page.text(0)
    page.run(1)
    page.ended(1)
    assert "still here" in page.text(1)
    page.screenshot("end")


def test_restart_button(open_notebook):
    page = open_notebook("x := 42", "x")
    page.run(0)
    page.ended(0)
    page.run(1)
    page.ended(1)
    assert page.text(1).strip() == "42"
    page.button("notebook:restart-kernel")
    page.page.locator(".jp-Dialog .jp-mod-accept").click()
    page.page.wait_for_selector(".jp-Dialog", state="detached")
    page.until(page.connected, "the new session")
    page.run(1)
    page.until(lambda: "undefined: x" in page.text(1), "the error of a session that knows no x")
    assert page.prompt(1) == "[1]:"
    page.screenshot("end")


def test_death_of_the_session_is_explained(open_notebook):
    page = open_notebook("m := map[int]int{}\nfor g := range 8 {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n\t\t\tm[i%10] = g\n\t\t}\n\t}()\n}\n"
                         "time.Sleep(20 * time.Second)", "1 + 1")
    page.run(0)
    page.ended(0)
    assert "fatal error: concurrent map" in page.text(0) and "session was restarted" in page.text(0)
    page.run(1)
    page.ended(1)
    assert page.text(1).strip() == "2"
    page.screenshot("end")


def test_rich_output(open_notebook):
    page = open_notebook(
        'import "gosched/display"\n\ndisplay.Table([]struct{ Planet string; Moons int }{{"Mars", 2}, {"Jupiter", 97}})',
        'display.SVG(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18" fill="teal"/></svg>`)',
        'display.Markdown("a *formula* $x^2$")',
        'bar := display.Progress("work", 10)\nfor range 10 {\n\tbar.Add(1)\n\ttime.Sleep(30 * time.Millisecond)\n}',
        "img := image.NewRGBA(image.Rect(0, 0, 30, 30))\nimg")
    for n in range(5):
        page.run(n)
        page.ended(n)
    assert page.cell(0).locator("table").count() == 1
    assert "Jupiter" in page.cell(0).locator("table").inner_text()
    assert page.cell(1).locator(".jp-OutputArea-output svg, .jp-OutputArea-output img").count() == 1
    assert page.cell(2).locator("em").inner_text() == "formula"
    assert page.cell(3).locator(".jp-OutputArea-output").count() == 1, "the progress bar is replaced in its place"
    assert page.cell(4).locator(".jp-OutputArea-output img").count() == 1
    page.screenshot("end")


def test_goroutines_are_a_table(open_notebook):
    page = open_notebook("jobs := make(chan int)\nfor range 3 {\n\tgo func() {\n\t\tfor range jobs {\n\t\t}\n\t}()\n}", "%goroutines")
    page.run(0)
    page.ended(0)
    page.run(1)
    page.ended(1)
    page.screenshot("end")
    assert page.cell(1).locator("table").count() == 1, page.text(1)
    assert page.text(1).count("jobs") >= 3


def test_go_is_highlighted_and_known(open_notebook, server):
    page = open_notebook('// A comment.\nfunc main() {\n\tvar s string = "text"\n\tfmt.Println(s, 42)\n}')
    # Spans with classes are what the highlighter makes of tokens.
    colours = page.cell(0).locator(".cm-line span").evaluate_all(
        "spans => Object.fromEntries(spans.map(s => [s.textContent, getComputedStyle(s).color]))")
    plain = page.cell(0).locator(".cm-content").evaluate("e => getComputedStyle(e).color")
    for token in "// A comment.", "func", '"text"', "42":
        assert token in colours and colours[token] != plain, "%s: %s of %s" % (token, colours, plain)
    assert len({colours[t] for t in ("// A comment.", "func", '"text"')}) == 3
    assert "Go (gosched)" in page.page.locator(".jp-NotebookPanel-toolbar .jp-KernelName").inner_text()
    page.screenshot("end")
    info = server.get("/api/kernelspecs")["kernelspecs"]["gosched"]
    assert {"logo-svg", "logo-64x64"} <= set(info["resources"]), info["resources"]


def test_launcher_shows_the_logo(server, browser):
    page = browser.context.new_page()
    with contextlib.closing(page):
        page.goto("%s/lab?token=%s&reset" % (server.url, "a-token-of-the-tests"))
        card = page.locator('.jp-LauncherCard[data-category="Notebook"]', has_text="Go (gosched)")
        card.wait_for()
        image = card.locator("img")
        page.wait_for_function("e => e.complete", arg=image.element_handle())
        assert image.evaluate("e => e.naturalWidth") > 0, "the logo does not load"
        page.screenshot(path=ARTIFACTS / "launcher.png")


def test_completion_and_help(open_notebook):
    page = open_notebook("strings.HasPref")
    page.cell(0).locator(".cm-content").click()
    page.page.keyboard.press("End")
    page.page.keyboard.press("Tab")
    page.until(lambda: "strings.HasPrefix" in page.cell(0).locator(".cm-content").inner_text()
               or page.page.locator(".jp-Completer-item", has_text="HasPrefix").is_visible(), "the completion")
    page.screenshot("completion")
    if page.page.locator(".jp-Completer-item").count():
        page.page.keyboard.press("Enter")
    page.until(lambda: "strings.HasPrefix" in page.cell(0).locator(".cm-content").inner_text(), "the completed name")
    page.page.keyboard.press("Shift+Tab")
    tooltip = page.page.locator(".jp-Tooltip")
    page.until(lambda: tooltip.count() and "HasPrefix(s string, prefix string) bool" in tooltip.inner_text(), "the help")
    page.screenshot("help")


def test_opening_a_notebook_of_the_course_changes_nothing(server, browser):
    """What the page writes into its metadata is there already."""
    name = "01-first-steps.ipynb"
    source = next((ROOT / "notebooks").glob("01-*.ipynb"))
    (server.folder / name).write_bytes(source.read_bytes())
    page = Page(server, browser, name)
    page.page.wait_for_timeout(2000)
    assert page.page.locator(".jp-mod-dirty").count() == 0, page.screenshot("modified")
    page.close()


def test_input(open_notebook):
    page = open_notebook('var name string\nfmt.Print("Who are you? ")\nfmt.Scan(&name)\nfmt.Println("Hello,", name)')
    page.run(0)
    box = page.cell(0).locator(".jp-Stdin-input")
    box.wait_for()
    box.fill("Gopher")
    box.press("Enter")
    page.ended(0)
    assert "Hello, Gopher" in page.text(0)
    page.screenshot("end")


def test_nbconvert_exports_go(server, tmp_path):
    """After a run the notebook's metadata make nbconvert write a .go file."""
    server.write("export.ipynb", ["# Title", 'fmt.Println("exported")'])
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace",
                    str(server.folder / "export.ipynb")], check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "nbconvert", "--to", "script", "--output-dir", str(tmp_path),
                    str(server.folder / "export.ipynb")], check=True, capture_output=True)
    assert [f.name for f in tmp_path.iterdir()] == ["export.go"]
    assert re.search(r'^fmt\.Println\("exported"\)$', (tmp_path / "export.go").read_text(), re.M)
