"""The panel "Go" beside a notebook in JupyterLab."""

import re


def test_goroutines_and_variables_beside_the_notebook(open_notebook):
    page = open_notebook(
        'ports := map[string][]int{"web": {80, 443}}\ntotal, ch := 7, make(chan int, 5)\nch <- 1',
        'go func() {\n\tfor v := range ch {\n\t\tfmt.Println(v)\n\t\ttime.Sleep(time.Hour)\n\t}\n}()\n<-make(chan int)',
        "total = 8\nports",
        "type Point struct{ X, Y int }\nfunc double(n int) int { return 2 * n }")
    page.page.locator('.jp-SideBar .lm-TabBar-tab[data-id="gosched-panel"]').click()
    panel = page.page.locator("#gosched-panel")
    page.run(0)
    page.ended(0)
    variables = panel.locator('[data-gosched="variables"]')
    page.until(lambda: "total int 7" in variables.inner_text(), "the variables")
    assert "ch chan int (1 of 5) 48 B" in variables.inner_text()
    variables.locator("summary", has_text="ports").click()
    page.until(lambda: '"web" []int [80 443]' in variables.inner_text(), "the parts")
    variables.locator("summary", has_text='"web"').last.click()
    page.until(lambda: "0 int 80" in variables.inner_text(), "the parts of a part")
    page.screenshot("variables")
    # While a cell runs: who is there, and stopping one.
    page.run(1)
    goroutines = panel.locator('[data-gosched="goroutines"] tr')
    page.until(lambda: goroutines.count() == 2 and "sleep" in panel.inner_text(), "the goroutines")
    assert page.prompt(1) == "[*]:"
    assert "chan receive" in goroutines.first.inner_text()
    page.until(lambda: "total int 7" in variables.inner_text(), "numbers, which can be read while a goroutine runs")
    page.screenshot("goroutines")
    page.cell(0).locator(".cm-content").click()
    goroutines.filter(has_text="sleep").locator("a").click()
    page.until(lambda: page.cell(1).evaluate("cell => cell.classList.contains('jp-mod-active')"), "the cell of a goroutine")
    goroutines.filter(has_text="sleep").get_by_role("button", name="stop").click()
    # What is left is blocked for ever, and the cell ends with a deadlock.
    page.ended(1)
    assert "deadlock" in page.text(1)
    page.until(lambda: goroutines.count() == 0, "no goroutine")
    page.run(2)
    page.ended(2)
    page.until(lambda: "total int 8" in variables.inner_text(), "the new value")
    page.run(3)
    page.ended(3)
    declared = panel.locator('[data-gosched="declared"]')
    page.until(lambda: "double func(n int) int" in declared.inner_text(), "the functions")
    assert "Point type struct{X int; Y int}" in declared.inner_text()
    page.button("notebook:restart-kernel")
    page.page.locator(".jp-Dialog button", has_text="Restart").click()
    page.until(lambda: "total" not in panel.inner_text(), "a fresh session")
    page.until(lambda: panel.locator('[data-gosched="variables"]').count() == 1, "the panel of the fresh session")
    page.screenshot("restarted")


def test_who_waits_for_a_channel(open_notebook):
    page = open_notebook("jobs := make(chan int)\nfor range 2 {\n\tgo func() { <-jobs }()\n}")
    page.page.locator('.jp-SideBar .lm-TabBar-tab[data-id="gosched-panel"]').click()
    panel = page.page.locator("#gosched-panel")
    page.run(0)
    page.ended(0)
    page.until(lambda: re.search(r"goroutines \d+ and \d+ wait to receive", panel.inner_text()), "who waits")
    for theme in "JupyterLab Dark", "JupyterLab Light":
        page.theme(theme)
        page.screenshot(theme.split()[1].lower())
        # All that is written can be read: WCAG's 4.5:1.
        assert page.contrast("#gosched-panel :is(h3, b, a, button, div, span, td)") >= 4.5, theme


def test_format_button_and_shortcut(open_notebook):
    page = open_notebook("if x:=1;x>0{\nfmt.Println( x )}", "switch n:=2; n {\n\t\tcase 2:\nn++}", "x :=", "time.Sleep(time.Hour)")
    source = lambda n: "\n".join(page.cell(n).locator(".cm-line").all_text_contents())
    button = page.page.locator('.jp-NotebookPanel-toolbar [data-command="gosched:format-cell"]')
    page.cell(0).locator(".cm-content").click()
    button.click()
    page.until(lambda: source(0) == "if x := 1; x > 0 {\n\tfmt.Println(x)\n}", "the formatted cell")
    # While a cell runs, and by its keys.
    page.run(3)
    page.until(lambda: page.prompt(3) == "[*]:", "the cell that waits")
    page.cell(1).locator(".cm-content").click()
    page.page.keyboard.press("Alt+Shift+F")
    page.until(lambda: source(1) == "switch n := 2; n {\ncase 2:\n\tn++\n}", "the cell that is formatted while another runs")
    page.screenshot("formatted")
    page.cell(2).locator(".cm-content").click()
    page.page.keyboard.press("Alt+Shift+F")
    notice = page.page.locator(".Toastify__toast")
    page.until(lambda: notice.count() == 1, "why it cannot be formatted")
    assert "line 1: expected operand" in notice.inner_text()
    assert source(2) == "x :="
    page.button("notebook:interrupt-kernel")
    page.ended(3)
