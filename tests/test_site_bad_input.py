"""What the course in the browser says where it cannot do what is asked, and that nothing
is lost that was saved."""

import pytest

CELLS = ['fmt.Println("hello", 6*7)', "s := []int{3, 1, 2}\nslices.Sort(s)\ns", "fmt.Println(s)", "fmt.Println(http.StatusText(404))"]
HELLO, SLICES, AFTER, RARE = range(len(CELLS))

# How long the browser takes its last look at the room that there is for the truth, in ms.
STALE = 31_000


@pytest.fixture(scope="module", autouse=True)
def notebooks(site):
    site.add("bad.ipynb", CELLS)


def failure(page, cell, timeout=60):
    """What a cell that has failed says, once it does."""
    page.until(lambda: page.cell(cell).locator('[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]').count(), "an error", timeout)
    return page.text(cell).strip()


def test_without_webassembly(site, opened):
    with site.worker("delete self.WebAssembly;"):
        page = opened("bad.ipynb", keeps=False)
        page.run(HELLO)
        said = failure(page, HELLO)
    assert "this browser cannot run WebAssembly" in said and len(said.splitlines()) == 1, said
    page.complaints.clear()


def test_network_gone_on_the_way(site, opened):
    """The kernel does not arrive: the cell says so, and runs when the network is back."""
    with site.without("gosched.wasm.br"):
        page = opened("bad.ipynb", keeps=False)
        page.run(HELLO)
        said = failure(page, HELLO)
        assert "could not be fetched" in said and "is the network there?" in said and len(said.splitlines()) == 1, said
    page.run(HELLO)
    page.until(lambda: "hello 42" in page.text(HELLO), "the cell, again", 120)
    page.complaints.clear()


def test_network_gone_later(site, opened):
    """A package whose types do not arrive: one sentence, and the session is as it was."""
    with site.without("library.zip"):
        page = opened("bad.ipynb", keeps=False)
        page.run(SLICES)
        page.ended(SLICES, 120)
        page.run(RARE)
        said = failure(page, RARE)
        assert "could not be fetched" in said and "is the network there?" in said, said
        page.run(AFTER)
        page.ended(AFTER)
        assert page.text(AFTER) == "[1 2 3]\n"
    page.run(RARE)
    page.until(lambda: page.text(RARE) == "Not Found\n", "the package", 60)
    page.complaints.clear()


def test_too_old_webassembly(site, opened):
    refuse = "WebAssembly.compileStreaming = async () => { throw new WebAssembly.CompileError('invalid opcode 0xfc'); };"
    with site.worker(refuse):
        page = opened("bad.ipynb", keeps=False)
        page.run(HELLO)
        said = failure(page, HELLO)
    assert "this browser's WebAssembly is not that which Go cells need" in said and len(said.splitlines()) == 1, said
    page.complaints.clear()


def test_worker_does_not_arrive(site, opened):
    """The kernel's first file is missing: that is said once, and not tried without end."""
    with site.without(site.chunk().name):
        page = opened("bad.ipynb", keeps=False)
        page.run(HELLO)
        said = failure(page, HELLO)
        assert "is the network there?" in said and len(said.splitlines()) == 1, said
        asked = site.asked
        page.page.wait_for_timeout(2000)
        assert site.asked - asked < 5
    page.run(HELLO)
    page.until(lambda: "hello 42" in page.text(HELLO), "the cell, again", 120)
    page.complaints.clear()


def test_storage_full_when_saving(opened):
    page = opened("bad.ipynb", keeps=False)
    # What the kernel says of itself is noted in the notebook, which then has changed.
    page.run(SLICES)
    page.ended(SLICES, 120)
    text = page.cell(HELLO).locator(".cm-content")

    def change(what):
        text.click()
        page.page.keyboard.press("Control+Home")
        page.page.keyboard.type("// %s\n" % what)
        page.page.keyboard.press("Control+S")

    def saved():
        return page.page.locator(".lm-TabBar-tab.jp-mod-dirty").count() == 0

    change("saved")
    page.until(saved, "that it is saved")
    page.quota(1)
    page.page.wait_for_timeout(STALE)
    change("not saved")
    dialog = page.page.locator(".jp-Dialog")
    page.until(lambda: dialog.count() == 1, "a word about it")
    said = dialog.inner_text()
    assert "storage for the page is full, so this was not saved; what was saved before is still there" in said, said
    page.screenshot("storage-full")
    dialog.get_by_role("button", name="Close").click()
    assert not saved() and "// not saved" in text.inner_text()

    # Another page finds what was saved.
    other = page.context.new_page()
    other.goto(page.page.url)
    other.wait_for_selector(page.PANEL + ".jp-CodeCell")
    there = other.locator(page.PANEL + ".jp-CodeCell .cm-content").first.inner_text()
    assert "// saved" in there and "// not saved" not in there
    other.close()

    page.quota()
    page.page.keyboard.press("Control+S")
    page.until(saved, "that it is saved when there is room again")
    page.complaints.clear()  # of the save that has failed


def test_storage_full_when_the_site_is_kept(site, opened):
    """No room to keep the site in: that is said, and it works with a network."""
    page = opened("bad.ipynb", quota=3_000_000)
    page.run(HELLO)
    page.until(lambda: "hello 42" in page.text(HELLO), "the cell", 120)
    toast = page.page.locator(".Toastify__toast")
    page.until(lambda: toast.count() == 1, "a word about it", 60)
    assert "storage for the page is full: it works as long as there is a network" in toast.inner_text(), toast.inner_text()
    page.screenshot("site-not-kept")
    page.run(SLICES)
    page.ended(SLICES)
    page.complaints.clear()  # of the service worker


def test_network_gone_after_one_visit(site, opened):
    """A notebook that was never opened is there without a network, and runs."""
    page = opened("bad.ipynb")
    page.run(HELLO)
    page.until(lambda: "hello 42" in page.text(HELLO), "the cell", 120)
    page.until(page.kept, "that the site is kept", 120)
    port = site.server.server_port
    site.stop()
    try:
        page.open("03-channels.ipynb")
        page.page.wait_for_selector(page.PANEL + ".jp-RenderedMarkdown h1", state="attached")
        page.run(0)
        page.ended(0, 120)
    finally:
        site.start(port)
    page.complaints.clear()  # of what could not be fetched
