"""The course in the browser alone: JupyterLite, with the kernel as WebAssembly."""

import contextlib
import json
import os
import pathlib
import time

import pytest

from lab import Visit
from site_pages import Page

ROOT = pathlib.Path(__file__).resolve().parent.parent

CELLS = {
    "hello": 'fmt.Println("hello", 6*7)',
    "slices": "s := []int{3, 1, 2}\nslices.Sort(s)\ns",
    "live": 'for i := range 4 {\n\tfmt.Println("line", i)\n\ttime.Sleep(700 * time.Millisecond)\n}',
    "background": 'go func() {\n\ttime.Sleep(time.Second)\n\tfmt.Println("from behind")\n}()\nfmt.Println("started")',
    "loop": "for {}",
    "after": "fmt.Println(s)",
    "input": 'var name string\nfmt.Print("name? ")\nfmt.Scanln(&name)\nfmt.Println("good day,", name)',
    "files": 'os.WriteFile("a.txt", []byte("kept in memory"), 0o644)\nb, err := os.ReadFile("a.txt")\nfmt.Println(string(b), err)\n_, err = os.ReadFile("b.txt")\nfmt.Println(err)',
    "shell": "!ls",
    "program": 'fmt.Println(exec.Command("ls").Run())',
    "deadlock": "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
    "deep": "func deep(n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t}\n\treturn deep(n-1) + 1\n}\ndeep(50_000)",
    # The time is read so often that not all readings are real, and then what takes time is timed.
    "clock": "var back, worked, slept int\nblock, last := make([]byte, 2<<20), time.Now()\nfor range 20 {\n\tfor range 3000 {\n\t\tnow := time.Now()\n"
             "\t\tif now.Before(last) {\n\t\t\tback++\n\t\t}\n\t\tlast = now\n\t}\n\tsha256.Sum256(block)\n"
             "\tif time.Since(last) >= 2*time.Millisecond {\n\t\tworked++\n\t}\n\tlast = time.Now()\n\ttime.Sleep(3 * time.Millisecond)\n"
             "\tif time.Since(last) >= 2*time.Millisecond {\n\t\tslept++\n\t}\n}\nfmt.Println(back, worked, slept)",
    "overflow": "func endless(n int) int { return endless(n+1) + 1 }\nendless(0)",
    "anew": 'fmt.Println("a new session")',
    "compiled": 'm := new(big.Int).Lsh(big.NewInt(1), 400_000)\nm.Sub(m, big.NewInt(1))\nfmt.Println("begun")\ntime.Sleep(200 * time.Millisecond)\nnew(big.Int).Exp(big.NewInt(3), m, m)',
    "again": 'fmt.Println("another session")',
    "written": 'fmt.Println("hello", 6*7)',
}

# Cells that do not end by themselves, and what they show when they are interrupted, time
# after time.
FULL = "the rest is left out. A page can show no more"
ENDLESS = {
    "a loop": ('fmt.Println("begun")\nfor {}', ["begun"] * 3),
    "calls of compiled code": ('fmt.Println("begun")\nfor {\n\tslices.Sort(rand.Perm(20_000))\n}', ["begun"] * 3),
    "a flood": ("for i := 0; ; i++ {\n\tfmt.Println(i)\n}", ["\n99\n", "\n99\n", FULL]),
}


@pytest.fixture(scope="module", autouse=True)
def notebooks(site):
    site.add("try.ipynb", CELLS.values())
    site.add("endless.ipynb", [*(code for code, _ in ENDLESS.values()), CELLS["hello"]])
    site.expose()


class OnePage(Visit):
    """Closes a notebook with its kernel, when another is asked for. Nor is the site kept
    anew for each."""

    def __init__(self, site, browser):
        self.site, self.browser = site, browser

    def begin(self, name):
        return Page(self.site, self.browser, name)

    def show(self, name):
        if name == self.page.name:
            return
        page, self.page.name = self.page.page, name
        page.get_by_role("menuitem", name="File", exact=True).click()
        page.get_by_role("menuitem", name="Close and Shut Down Notebook…").click()
        page.locator(".jp-Dialog .jp-mod-accept", has_text="Ok").click()
        self.closed()
        page.locator(".jp-DirListing-item", has_text=name).dblclick()
        self.page.ready()

    def leave(self):
        pass

    def drop(self, page):
        page.close()  # with its browser


@pytest.fixture(scope="module")
def visit(site, browser):
    with contextlib.closing(OnePage(site, browser)) as page:
        yield page


def n(name):
    return list(CELLS).index(name)


def test_cells(visit):
    """All that a page needs, and it may not share memory."""
    with visit.opened("try.ipynb") as page:
        assert not page.page.evaluate("crossOriginIsolated")

        def run(name, timeout=60):
            page.run(n(name))
            page.ended(n(name), timeout)
            return page.text(n(name))

        assert run("hello") == "hello 42\n"
        start = time.monotonic()
        assert "1" in run("slices")
        print("first use of slices: %.2f s" % (time.monotonic() - start))

        page.run(n("live"))
        page.until(lambda: "line 1" in page.text(n("live")), "output while the cell runs")
        assert page.prompt(n("live")) == "[*]:"
        page.ended(n("live"))

        assert run("background").startswith("started\n")
        run("hello")
        page.until(lambda: "from behind" in page.text(n("background")), "a goroutine's line below its own cell")

        page.run(n("loop"))
        page.until(lambda: page.prompt(n("loop")) == "[*]:", "the loop to begin")
        page.page.wait_for_timeout(500)
        start = time.monotonic()
        page.interrupt()
        page.ended(n("loop"))
        print("interrupt: %.0f ms" % (1000 * (time.monotonic() - start)))
        assert "interrupted" in page.text(n("loop")) and "restarted" not in page.text(n("loop"))
        assert run("after") == "[1 2 3]\n"

        page.run(n("input"))
        page.page.wait_for_selector(".jp-Stdin-input")
        page.page.locator(".jp-Stdin-input").fill("Ada")
        page.page.keyboard.press("Enter")
        page.ended(n("input"))
        assert "good day, Ada" in page.text(n("input"))

        assert run("files").lower() == "kept in memory <nil>\nopen b.txt: no such file or directory\n"
        assert "runs in the browser" in run("shell")
        assert "a browser runs no programs" in run("program")
        assert "all goroutines are asleep - deadlock!" in run("deadlock")
        assert run("deep").strip() == "50000"
        assert run("clock") == "0 20 20\n"


@pytest.mark.parametrize("isolated", [True, False], ids=["may share memory", "may not share memory"])
def test_interrupts(site, opened, isolated):
    """An interrupt ends a cell, whatever it does, and its session goes on."""
    site.isolated = isolated
    try:
        page = opened("endless.ipynb", keeps=False)
        assert page.page.evaluate("crossOriginIsolated") == isolated
        page.run(len(ENDLESS))
        page.ended(len(ENDLESS), 120)
        for i, (what, (_, signs)) in enumerate(ENDLESS.items()):
            times = []
            for sign in signs:
                page.run(i)
                # What an earlier run has shown is gone then.
                page.until(lambda: page.prompt(i) == "[*]:" and sign in page.text(i), "the cell to be at it", 120)
                page.page.wait_for_timeout(200)
                times.append(page.timed(i, page.interrupt))
                assert "interrupted" in page.text(i) and "restarted" not in page.text(i), page.text(i)[-500:]
            print("%s, milliseconds: %s" % (what, " ".join("%.0f" % t for t in times)))
            assert min(times) < 1000  # 200 on a machine with nothing else to do
    finally:
        site.isolated = False


def test_death(visit):
    with visit.opened("try.ipynb") as page:
        page.run(n("overflow"))
        page.until(lambda: "restarted" in page.text(n("overflow")), "the end of endless recursion", 120)
        assert "stack overflow" in page.text(n("overflow"))
        page.run(n("anew"))
        page.until(lambda: page.text(n("anew")) == "a new session\n", "the next session", 60)
        page.run(n("compiled"))
        page.until(lambda: "begun" in page.text(n("compiled")), "the computation to begin", 60)
        page.page.wait_for_timeout(2000)  # by then it is in compiled code
        page.interrupt()
        page.until(lambda: "restarted" in page.text(n("compiled")), "the end of compiled code", 60)
        page.run(n("again"))
        page.until(lambda: page.text(n("again")) == "another session\n", "the next session", 60)


def test_assistance(visit):
    with visit.opened("try.ipynb") as page:
        page.executed("")  # as the kernel is there, then
        cell = page.cell(n("written"))
        cell.locator(".cm-content").click()
        page.page.keyboard.press("Control+End")
        page.page.keyboard.type("\nstrings.ToUpp")
        page.page.keyboard.press("Tab")
        page.until(lambda: page.page.locator(".jp-Completer-item").count() > 0 or "ToUpper" in cell.locator(".cm-content").inner_text(), "completion")
        page.page.keyboard.press("Escape")
        cell.locator(".cm-content").click()
        page.page.keyboard.press("Control+Home")
        page.page.keyboard.press("End")
        for _ in range(len(', 6*7)') + len('"hello"') + 3):
            page.page.keyboard.press("ArrowLeft")
        page.page.keyboard.press("Shift+Tab")
        page.until(lambda: "Println formats using the default formats" in " ".join(page.page.locator(".jp-Tooltip").all_text_contents()), "inspection")


def test_messages_wait_for_no_timer(visit):
    """What the page asks its kernel is with the kernel at once."""
    with visit.opened("try.ipynb") as page:
        assert page.kernel().evaluate("""async kernel => {
            const {setTimeout} = window, times = [];
            window.setTimeout = (f, time, ...rest) => times.push(time) && setTimeout(f, time, ...rest);
            try {
                for (let i = 0; i < 10; i++) {
                    await kernel.requestKernelInfo();
                }
            } finally {
                window.setTimeout = setTimeout;
            }
            return times.filter(time => time === 4).length;
        }""") == 0


def test_reload_keeps_changes_and_works_offline(site, opened):
    page = opened("02-waitgroup.ipynb")
    first = page.cell(0).locator(".cm-content")
    first.click()
    page.page.keyboard.press("Control+Home")
    page.page.keyboard.type("// changed by a learner\n")
    page.page.keyboard.press("Control+S")
    page.page.wait_for_timeout(1500)
    page.run(0)
    page.ended(0, 60)
    page.page.keyboard.press("Control+S")
    page.page.wait_for_timeout(1500)
    port = site.server.server_port
    page.page.reload()
    page.ready()
    assert "// changed by a learner" in page.cell(0).locator(".cm-content").inner_text()
    page.run(0)
    page.ended(0, 60)
    site.stop()
    try:
        page.page.reload()
        page.ready()
        assert "// changed by a learner" in page.cell(0).locator(".cm-content").inner_text()
        page.run(0)
        page.ended(0, 60)
    finally:
        site.start(port)
    page.complaints.clear()  # of what could not be fetched


# Has the page wait for a notebook that was open at the visit before, as on a busy machine.
LATE = """(() => {
    const get = IDBObjectStore.prototype.get;
    IDBObjectStore.prototype.get = function(key) {
        const request = get.call(this, key);
        if (key === '02-waitgroup.ipynb') {
            const set = f => request.addEventListener('success', e => setTimeout(() => f.call(request, e), 3000));
            Object.defineProperty(request, 'onsuccess', {set});
        }
        return request;
    };
})()"""


def test_asked_for_beside_what_was_open(opened):
    """A notebook that the address asks for is shown, however late those are put back that
    were open at the visit before."""
    page = opened("02-waitgroup.ipynb", keeps=False)
    page.until(lambda: page.page.evaluate("""name => new Promise(resolve => {
        const open = indexedDB.open('JupyterLite Storage - /');
        open.onsuccess = () => {
            const get = open.result.transaction('statedb').objectStore('statedb').get('default');
            get.onsuccess = () => {
                open.result.close();
                resolve(JSON.stringify(get.result || '').includes(name));
            };
        };
    })""", "02-waitgroup.ipynb"), "that it is remembered what is open")
    page.page.add_init_script(LATE)
    page.open("03-channels.ipynb")

    def tabs(which=""):
        return page.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab" + which).all_inner_texts()

    page.until(lambda: (tabs(), tabs(".lm-mod-current")) == (["02-waitgroup.ipynb", "03-channels.ipynb"], ["03-channels.ipynb"]), "both notebooks", 60)
    page.page.wait_for_selector(page.PANEL + ".jp-RenderedMarkdown h1:has-text('Channels')", state="attached")
    # JupyterLab looks at the cells of a notebook also where it has been taken off the page.
    page.complaints = [c for c in page.complaints if "reading 'observe'" not in c]


def test_later_visits_unpack_nothing(site, opened):
    """The program is compiled from what an earlier visit has kept, if that is sound. Says
    how long each visit takes until a cell has run."""
    visits = []

    def runs(go):
        start = time.monotonic()
        page = go()
        page.ready()
        page.run(n("hello"))
        page.until(lambda: "hello 42" in page.text(n("hello")), "the first cell", 120)
        visits.append(time.monotonic() - start)
        return page

    def again():
        page.page.reload()
        return page

    page = runs(lambda: opened("try.ipynb"))
    page.until(page.unpacked, "that the program is kept", 120)
    page.spoil("/gosched.wasm?")
    runs(again)
    page.until(page.unpacked, "that the program is kept anew", 120)
    page.spoil("/gosched.wasm.br")
    runs(again)
    print("first cell, seconds: %s; the kernel has %.2f MB" % (" ".join("%.2f" % v for v in visits), site.kernel() / 1e6))


def test_the_page_leaves_the_machine_to_cells(site, opened):
    """While a cell runs next to nothing is kept for later, and signs of a busy kernel have
    the page laid out once in a while, not with each of them."""
    page = opened("try.ipynb")
    page.run(n("hello"))
    page.ended(n("hello"), 60)
    page.kernel().evaluate("kernel => { kernel.requestExecute({code: 'time.Sleep(9 * time.Second)'}); }")
    page.page.wait_for_timeout(5000)
    asked = site.asked
    page.page.wait_for_timeout(4000)
    assert site.asked - asked < 10
    page.until(page.kept, "that the site is kept", 120)

    looks = page.kernel().evaluate("""async kernel => {
        const toolbar = customElements.get('jp-toolbar').prototype;
        const look = toolbar.reduceFocusableElements;
        let looks = 0;
        toolbar.reduceFocusableElements = function () {
            looks++;
            look.call(this);
        };
        const start = performance.now();
        for (let i = 0; i < 50; i++) {
            await kernel.requestExecute({code: `${i}`}).done;
        }
        const most = (performance.now() - start) / 300 + 1;
        await new Promise(resolve => setTimeout(resolve, 1000));
        toolbar.reduceFocusableElements = look;
        return [looks, most * document.querySelectorAll('jp-toolbar').length];
    }""")
    assert 0 < looks[0] <= looks[1]
    focused = set()
    page.page.locator(page.PANEL + ".jp-NotebookPanel-toolbar jp-button").first.focus()
    for _ in range(3):
        page.page.keyboard.press("ArrowRight")
        focused.add(page.page.evaluate("document.activeElement.closest('[data-jp-item-name]').dataset.jpItemName"))
    assert len(focused) > 1  # the keyboard goes from button to button


def test_newer_files_are_there_later(site, opened):
    """What is kept is what a page gets, and is looked at anew when there is time for it."""
    file, worker = site.folder / "files" / "news.txt", site.folder / "service-worker.js"
    text = worker.read_text()
    file.write_text("old")
    worker.write_text(text.replace("const LATER = 20_000;", "const LATER = 500;"))
    try:
        page = opened("try.ipynb")

        def news():
            return page.page.evaluate("async () => (await fetch('../files/news.txt')).text()")

        page.until(lambda: page.page.evaluate("navigator.serviceWorker.controller !== null"), "the service worker", 60)
        assert news() == "old"
        page.until(lambda: page.page.evaluate("async () => Boolean(await (await caches.open('precache')).match(new URL('../files/news.txt', location)))"),
                   "that it is kept", 30)
        file.write_text("new")
        os.utime(file, (time.time() + 60, time.time() + 60))
        assert news() == "old"
        page.until(lambda: news() == "new", "the newer file", 60)
    finally:
        worker.write_text(text)
        file.unlink()


@pytest.mark.parametrize("name", sorted(p.name for p in (ROOT / "notebooks").glob("0[1-5]-*.ipynb")))
def test_course(visit, name):
    """All cells of a notebook, in order, end as its author has them end."""
    with visit.opened(name) as page:
        runs_as_meant(page, json.loads((ROOT / "notebooks" / name).read_text()))


def runs_as_meant(page, notebook):
    cells = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    page.page.get_by_role("menuitem", name="Run", exact=True).click()
    page.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    for i, cell in enumerate(cells):
        if not cell["metadata"].get("jupyter", {}).get("source_hidden"):  # and its prompt with it
            page.ended(i, 120)
    failed = {i: page.text(i)[:500] for i, cell in enumerate(cells)
              if "raises-exception" not in cell["metadata"].get("tags", [])
              and page.cell(i).locator('[data-mime-type="application/vnd.jupyter.error"]').count()}
    assert not failed
    assert any(page.text(i) for i in range(len(cells)))
