"""Go that is typed key by key into JupyterLab, whose settings are its own: what comes
with the kernel is enough."""

import contextlib
import subprocess

import pytest

from lab import Page

# ⏎ ends a line, ↓ goes to the end of the next one: over a bracket that is there.
TYPED = {
    "block": "if true {⏎x()",
    "blocks": "func f() {⏎for i := range 3 {⏎if i > 1 {⏎return↓⏎g(i)",
    "call": 'go func() {⏎fmt.Println("a", f(1))↓()',
    "literal": "p := []Point{⏎{1, 2},⏎{3, 4},",
    "type": "type T struct {⏎X int⏎Y struct {⏎Z int",
    "switch": "switch n {⏎case 0:⏎a()⏎case 1, 2:⏎b()⏎default:⏎c()",
    "select": "for {⏎select {⏎case v := <-ch:⏎if v > 0 {⏎f(v)↓⏎case <-ctx.Done():⏎return↓↓⏎g()",
    "deep": "func f() {⏎for {⏎switch x {⏎case 0:⏎switch y {⏎case 1:⏎if z {⏎go func() {⏎h()↓()↓⏎default:⏎i()↓⏎default:⏎j()",
    "continued": "sum := a +⏎b +⏎c⏎d := 1",
    "else": "if ok {⏎x()↓ else {⏎y()",
}

UNFORMATTED = "for i:=range 2{\nswitch i {\n\tcase 0:\n\tfmt.Println( i )\n}\n}"
FORMATTED = "for i := range 2 {\n\tswitch i {\n\tcase 0:\n\t\tfmt.Println(i)\n\t}\n}"


@pytest.fixture(scope="module")
def page(server, browser):
    server.write("typing.ipynb", [""] * len(TYPED) + ["%fmt\n" + UNFORMATTED, "%fmt on", UNFORMATTED])
    with contextlib.closing(Page(server, browser, "typing.ipynb")) as page:
        yield page


def source(page, n):
    return "\n".join(page.cell(n).locator(".cm-line").all_text_contents())


@pytest.mark.parametrize("name", TYPED)
def test_typed_code_is_as_gofmt_has_it(page, name):
    n = list(TYPED).index(name)
    page.cell(n).locator(".cm-content").click()
    for key in TYPED[name]:
        if key == "⏎":
            page.page.keyboard.press("Enter")
        elif key == "↓":
            page.page.keyboard.press("ArrowDown")
            page.page.keyboard.press("End")
        else:
            page.page.keyboard.type(key)
    typed = source(page, n)
    page.screenshot(name)
    gofmt = subprocess.run(["gofmt"], input=typed, capture_output=True, text=True)
    assert gofmt.returncode == 0, gofmt.stderr + typed
    assert typed == gofmt.stdout.rstrip("\n")


def test_fmt_replaces_the_cell(page):
    first = len(TYPED)
    page.run(first)
    page.ended(first)
    page.until(lambda: source(page, first) == FORMATTED, "the formatted cell")
    assert page.text(first) == "0\n"
    page.run(first + 1)
    page.ended(first + 1)
    page.run(first + 2)
    page.ended(first + 2)
    page.until(lambda: source(page, first + 2) == FORMATTED, "the cell that is formatted as it runs")
    page.screenshot("formatted")
