"""Measures the course in the browser, in a real Chromium.

    .test/venv/bin/python bench/site.py                     # builds the site, too: minutes
    .test/venv/bin/python bench/site.py --site dist/site    # one that is built
    .test/venv/bin/python bench/site.py --only interrupts --runs 60

"First cell" is until a cell's output is there, on a first visit and on later ones, for
which the browser has kept the site and the program: what JupyterLab takes until it shows
the notebook, and what the kernel takes from then on, by which it is judged. "Interrupts"
is from the click until the cell has its number and the kernel is idle, of cells that do
all kinds of things, once where the page may share memory and once where it may not.
"Beside the program" is what cells take in the page and in the program, in turns, on a
first visit and on a later one: ordinary cells, and messages between goroutines; the first
row is what JupyterLite's and the program's messages alone take. The last column is what
the project wants to reach, with a cross where it is missed.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "tests"), str(HERE)]

from bench import IMPORTS, Kernel, hundred_lines, measured, number, progress, ratio, reach, show  # noqa: E402

HELLO = 'fmt.Println("hello", 6*7)'
SLICES = "s := []int{3, 1, 2}\nslices.Sort(s)\ns"

# Cells that do not end, and whether they have begun is seen by what they print.
ENDLESS = {
    "`for {}`": "for {}",
    "eight goroutines that compute": "for range 8 {\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n}\nfor {}",
    "recursion": "func f(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn f(n-1) + f(n-2)\n}\nf(90)",
    "garbage": "var keep []byte\nfor {\n\tkeep = make([]byte, 1<<16)\n}",
    "a flood of lines": "for i := 0; ; i++ {\n\tfmt.Println(i)\n}",
    "messages": "c := make(chan int)\ngo func() {\n\tfor {\n\t\tc <- 1\n\t}\n}()\nfor {\n\t<-c\n}",
    "compiled code that calls back": "sort.Slice(make([]int, 1<<24), func(i, j int) bool { return i < j })",
    "`select {}` beside a ticker": "go func() {\n\tfor range time.Tick(time.Millisecond) {\n\t}\n}()\nselect {}",
    "a sleep": "time.Sleep(time.Hour)",
    "a lock": "var mu sync.Mutex\ntime.AfterFunc(time.Hour, mu.Unlock)\nmu.Lock()\nmu.Lock()",
}

CELLS = {
    "a trivial cell": lambda i: "%d + 1" % i,
    "a line printed": lambda i: 'fmt.Println("line", %d)' % i,
    "a type with methods, used": lambda i: "type counter struct{ n int }\nfunc (c *counter) add(d int) { c.n += d }\n"
                                           "c := &counter{}\nfor i := range 100 {\n\tc.add(i + %d)\n}\nfmt.Println(c.n)" % i,
    "four workers and a channel": lambda i: 'jobs, results := make(chan int), make(chan int)\nvar wg sync.WaitGroup\nfor range 4 {\n'
                                            '\twg.Go(func() {\n\t\tfor j := range jobs {\n\t\t\tresults <- j * j\n\t\t}\n\t})\n}\n'
                                            'go func() {\n\tfor j := range 100 {\n\t\tjobs <- j + %d\n\t}\n\tclose(jobs)\n\twg.Wait()\n\tclose(results)\n}()\n'
                                            'sum := 0\nfor r := range results {\n\tsum += r\n}\nsum' % i,
    "100 lines of declarations": hundred_lines,
}

MESSAGES = {"pingpong": "200,000 messages there and back", "select": "100,000 values by select",
            "pool": "8 workers, 100,000 jobs", "mutex": "1 million increments by 8 goroutines",
            "goroutines": "100,000 goroutines and a WaitGroup"}


def visits(site, browser, runs, page_of):
    """First visits and later ones, each as seconds until the notebook is there and from
    then until the cell has run, and the first use of slices."""
    first, later, slices = [], [], []
    for i in range(runs):
        progress("visit %d of %d" % (i + 1, runs))
        start = time.monotonic()
        with contextlib.closing(page_of("hello.ipynb")) as page:
            shown = time.monotonic()
            page.run(0)
            page.until(lambda: "hello 42" in page.text(0), "the first cell", 120)
            first.append((shown - start, time.monotonic() - shown))
            slices.append(page.timed(1, lambda: page.run(1), "keydown") / 1000)
            page.until(page.unpacked, "that the site and the program are kept", 120)
            for _ in range(3):
                asked, shown = visit_again(page)
                later.append((shown - asked, time.monotonic() - shown))
    return first, later, slices


def first_table(site, browser, runs, page_of):
    first, later, slices = visits(site, browser, max(3, runs // 10), page_of)
    table = [["first cell (medians)", "measured", "longest", "reach"]]
    rows = []
    for what, times, target in ("first visit", first, 3000), ("later visits", later, 1000):
        rows += [(what + ", from asking for the page", [a + b for a, b in times], None),
                 ("... JupyterLab, until the notebook is there", [a for a, _ in times], None),
                 ("... from when the notebook is there", [b for _, b in times], target)]
    for what, times, target in *rows, ("first use of slices, click to idle", slices, 300):
        ms = 1000 * statistics.median(times)
        table.append([what, number(ms, "ms"), number(1000 * max(times), "ms"), reach(ms, target, "ms")])
    size = site.kernel() / 1e6
    table.append(["what is loaded for the kernel before the first cell", number(size, "MB"), "", reach(size, 9, "MB")])
    return table


def interrupts(page, cell, runs):
    times = []
    for i in range(runs):
        progress("interrupt %d of %d, cell %d" % (i + 1, runs, cell))
        page.run(cell)
        page.until(lambda: page.prompt(cell) == "[*]:", "the cell to begin")
        page.page.wait_for_timeout(250)
        times.append(page.timed(cell, page.interrupt))
        if "interrupted" not in page.text(cell) or "restarted" in page.text(cell):
            raise RuntimeError("an interrupt ended in %r" % page.text(cell))
    return times


def interrupts_table(site, runs, page_of, chosen):
    cells = [i for i, what in enumerate(ENDLESS) if chosen in what]
    table = [["interrupts, click to idle", "may share: p50", "p95", "longest", "may not: p50", "p95", "longest", "reach"]]
    columns = []
    for site.isolated in True, False:
        with contextlib.closing(page_of("endless.ipynb")) as page:
            if page.page.evaluate("crossOriginIsolated") != site.isolated:
                raise RuntimeError("the page is not what it was to be")
            page.run(len(ENDLESS))
            page.ended(len(ENDLESS), 120)
            columns.append({i: interrupts(page, i, runs) for i in cells})
    for i in cells:
        row, worst = [list(ENDLESS)[i]], 0
        for times in (c[i] for c in columns):
            p95 = statistics.quantiles(times, n=20, method="inclusive")[18]
            row += [number(t, "ms") for t in (statistics.median(times), p95, max(times))]
            worst = max(worst, p95)
        table.append([*row, reach(worst, 200, "ms")])
    return table


def beside_table(page, gosched, runs):
    """On a first visit the browser compiles the program as it goes, and keeps what it has
    compiled well for later ones."""
    measured_on = []
    for again in False, True:
        if again:
            page.until(page.unpacked, "that the program is kept", 120)
            visit_again(page)
        with Kernel([gosched, "kernel", "{connection_file}"]) as k:
            k.connect()
            measured_on.append(beside(page, k, runs))
    table = [["beside the program (medians)", "first visit", "the program", "ratio", "later visit", "the program", "ratio", "reach"]]
    for (what, most, *first), (_, _, *later) in zip(*measured_on, strict=True):
        line, worst = [what], 0
        for mine, other in first, later:
            a, b = statistics.median(mine), statistics.median(other)
            line += [number(a, "ms"), number(b, "ms"), ratio(a, b)]
            worst = max(worst, a / b)
        table.append([*line, reach(worst, most, "×")])
    return table


def visit_again(page):
    """Loads the page again, with what the browser has kept, runs its first cell, and
    returns when it was asked for and when the notebook was there."""
    page.page.wait_for_timeout(5000)  # so long it keeps what it has compiled
    asked = time.monotonic()
    page.page.reload()
    page.page.wait_for_selector(page.PANEL + ".jp-CodeCell")
    shown = time.monotonic()
    page.run(0)
    page.until(lambda: "hello 42" in page.text(0), "the first cell, again", 120)
    return asked, shown


def beside(page, k, runs):
    """What is measured, how many times as long it may take in the page, and the times in
    the page and in the program, of one visit."""
    for execute in k.output, page.output:
        execute(IMPORTS + "fmt.Println()")
    asked = [[], []]
    for _ in range(runs):
        start = time.perf_counter()
        k.request("kernel_info_request", {}, idle=True)
        asked[1].append(1000 * (time.perf_counter() - start))
        asked[0].append(page.asked())
    rows = [("a question, with no cell", None, *asked)]
    for what, code in CELLS.items():
        mine, other = [], []
        for i in range(runs):
            progress("%s, %d of %d" % (what, i + 1, runs))
            start = time.perf_counter()
            k.execute(code(i))
            other.append(1000 * (time.perf_counter() - start))
            mine.append(page.executed(code(i))[0])
        rows.append((what, 5, mine, other))
    for name, what in MESSAGES.items():
        source = (HERE / "testdata" / (name + ".go")).read_text()
        mine, other = [], []
        for i in range(max(3, runs // 6)):
            progress("%s, %d" % (what, i + 1))
            other += [n / 1e6 for n in measured(k.output(source if i == 0 else "main()"))]
            mine += [n / 1e6 for n in measured(page.output(source if i == 0 else "main()"))]
        rows.append((what, 10, mine, other))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="first,interrupts,beside", help="tables, by default first,interrupts,beside")
    parser.add_argument("--runs", type=int, default=30, help="runs of each")
    parser.add_argument("--cells", default="", help="interrupt only cells with this in their name")
    parser.add_argument("--site", help="the `folder` of a site that is built; by default one is")
    parser.add_argument("--gosched", help="the program to measure beside it; by default it is built")
    args = parser.parse_args()
    tables = args.only.split(",")
    if args.site:
        os.environ["GOSCHED_TEST_SITE"] = args.site
    from lab import ARTIFACTS, Browser
    from site_pages import Page, Site
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        gosched = args.gosched
        if gosched is None and "beside" in tables:
            gosched = os.path.join(stack.enter_context(tempfile.TemporaryDirectory()), "gosched")
            subprocess.run(["go", "build", "-o", gosched, "./cmd/gosched"], cwd=ROOT, check=True)
        site = stack.enter_context(contextlib.closing(Site(None, {
            "hello.ipynb": [HELLO, SLICES], "endless.ipynb": [*ENDLESS.values(), HELLO]}, fast=False)))
        site.expose()
        browser = stack.enter_context(contextlib.closing(Browser()))

        def page_of(name):
            return Page(site, browser, name)

        print("%s, %d cores, load %.1f when this began; %d runs\n" % (
            time.strftime("%Y-%m-%d %H:%M"), os.cpu_count(), os.getloadavg()[0], args.runs), flush=True)
        if "first" in tables:
            show(first_table(site, browser, args.runs, page_of))
        if "interrupts" in tables:
            show(interrupts_table(site, args.runs, page_of, args.cells))
        if "beside" in tables:
            site.isolated = False
            with contextlib.closing(page_of("hello.ipynb")) as page:
                show(beside_table(page, gosched, args.runs))
    progress("")


if __name__ == "__main__":
    main()
