"""The static site, served and opened in a real Chromium, for tests."""

import contextlib
import functools
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import lab

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Any web server: one that knows nothing of JupyterLite."""

    site = None

    def log_message(self, *args):
        pass

    def end_headers(self):
        if self.site.isolated:
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def do_GET(self):
        self.site.asked += 1
        if not self.site.kept and self.path.split("?")[0].endswith("/offline.json"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[]")
            return
        if self.site.lost and self.path.split("?")[0].endswith(self.site.lost):
            # The network goes while the file is on its way.
            size = pathlib.Path(self.translate_path(self.path)).stat().st_size
            self.send_response(200)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            self.wfile.write(pathlib.Path(self.translate_path(self.path)).read_bytes()[:size // 2])
            self.close_connection = True
            return
        super().do_GET()


def given():
    """The folder of a site that has been built before, if there is one."""
    return os.environ.get("GOSCHED_TEST_SITE")


def build(folder, python=None, fast=True):
    """Builds the site: the course."""
    command = ["go", "run", "./internal/site", "-out", str(folder)]
    if fast:
        command.append("-fast")
    if python:
        command += ["-python", python]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr


class Site:
    """The course, and notebooks of tests, built and served."""

    isolated = False  # whether pages may share memory
    lost = None  # the end of the name of a file that does not arrive
    kept = True  # whether pages keep all of the site, which takes as long as to open them
    asked = 0  # how often a file was asked for

    def __init__(self, python=None, notebooks=None, fast=True, built=None):
        self.dir = tempfile.TemporaryDirectory(prefix="gosched-site-")
        folder = pathlib.Path(self.dir.name)
        self.folder = folder / "site"
        built = built or given()
        if built:
            shutil.copytree(built, self.folder)
        else:
            build(self.folder, python, fast)
        for name, cells in (notebooks or {}).items():
            self.add(name, cells)
        self.start()

    def add(self, name, cells):
        """Adds a notebook to those of the site."""
        (self.folder / "files" / name).write_text(json.dumps(notebook(cells)))
        listed = self.folder / "api" / "contents" / "all.json"
        listing = json.loads(listed.read_text())
        entry = next(e for e in listing["content"] if e["type"] == "notebook")
        listing["content"].append({**entry, "name": name, "path": name})
        listed.write_text(json.dumps(listing))

    def expose(self):
        """Has pages show what runs them, for page.executed."""
        file = self.folder / "jupyter-lite.json"
        settings = json.loads(file.read_text())
        settings["jupyter-config-data"]["exposeAppInBrowser"] = True
        file.write_text(json.dumps(settings))

    def start(self, port=0):
        handler = functools.partial(type("Handler", (Quiet,), {"site": self}), directory=str(self.folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @contextlib.contextmanager
    def without(self, file):
        """Has a file stop half way."""
        self.lost = file
        try:
            yield
        finally:
            self.lost = None

    def chunk(self):
        """The file in which the kernel's worker begins."""
        (chunk,) = [p for p in (self.folder / "extensions/jupyterlite-gosched/static").glob("*.js")
                    if "wasm_exec.js" in p.read_text() and "importScripts" in p.read_text()]
        return chunk

    @contextlib.contextmanager
    def worker(self, before):
        """Has the kernel's worker begin with other JavaScript."""
        chunk = self.chunk()
        text = chunk.read_text()
        chunk.write_text(before + text)
        try:
            yield
        finally:
            chunk.write_text(text)

    def kernel(self):
        """The size of what the browser loads for the kernel, in bytes."""
        return (self.folder / "extensions/jupyterlite-gosched/kernel/gosched.wasm.br").stat().st_size

    def close(self):
        self.stop()
        self.dir.cleanup()


def notebook(cells):
    return {"nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}, "language_info": {"name": "go"}},
            "cells": [{"id": "c%d" % i, "metadata": {}, "source": source, "cell_type": "code", "outputs": [], "execution_count": None}
                      for i, source in enumerate(cells)]}


class Page(lab.Page):
    """A notebook that is open in JupyterLite."""

    def __init__(self, site, browser, name, quota=None, keeps=True):
        self.site, self.name = site, name
        site.kept = keeps
        self.complaints = []
        # A browser of its own: there JupyterLite opens no notebook, and starts no
        # kernel, of an earlier test.
        self.profile = tempfile.TemporaryDirectory(prefix="gosched-chromium-")
        self.context = browser.launch(self.profile.name)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda e: self.complaints.append("page error: %s" % e))
        self.devtools = self.context.new_cdp_session(self.page)
        if quota is not None:
            self.quota(quota)
        self.open(name)

    def open(self, name):
        """Goes to a notebook by its address."""
        self.page.goto("%s/lab/index.html?path=%s" % (self.site.url, name))
        self.ready()

    def ready(self):
        """Waits for the notebook and its kernel: before that, whoever runs a cell is asked
        for another kernel."""
        self.page.wait_for_selector(self.PANEL + ".jp-CodeCell")
        self.page.get_by_text("Go (gosched) | Idle").wait_for()

    def quota(self, size=None):
        """How much the browser may keep for the site, in bytes; by default what it likes."""
        self.devtools.send("Storage.overrideQuotaForOrigin", {"origin": self.site.url, **({} if size is None else {"quotaSize": size})})

    def kept(self):
        """Whether the browser has all of the site for when there is no network."""
        return self.page.evaluate("""async () => {
            const base = new URL('..', location.href).href;
            const names = await (await fetch(base + 'offline.json')).json();
            const keys = new Set((await (await caches.open('precache')).keys()).map(request => request.url));
            return names.every(name => keys.has(base + name));
        }""")

    def unpacked(self):
        """Whether the browser has the program unpacked, for later visits."""
        return self.page.evaluate("""async () => (await (await caches.open('precache')).keys()).some(request => request.url.includes('/gosched.wasm?'))""")

    def spoil(self, part):
        """Has the browser keep nonsense in place of a file, as if it were that."""
        assert self.page.evaluate("""async part => {
            const cache = await caches.open('precache');
            const keys = (await cache.keys()).filter(request => request.url.includes(part));
            for (const key of keys) {
                const {headers} = await cache.match(key);
                await cache.put(key, new Response('nonsense', {headers}));
            }
            return keys.length;
        }""", part) == 1

    PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden) "

    def close(self):
        try:
            super().close()
        finally:
            self.context.close()
            self.profile.cleanup()

    def cell(self, n):
        """The nth code cell, where it can be seen: a long notebook shows no others."""
        cell = self.page.locator(self.PANEL + ".jp-CodeCell").nth(n)
        cell.evaluate("cell => cell.scrollIntoView({block: 'center'})")
        return cell

    def interrupt(self):
        self.page.locator(self.PANEL + '[data-jp-item-name="interrupt"]').first.click()

    def timed(self, n, act, event="click"):
        """How long it takes, in milliseconds and by the page's clock, from what a person
        does (a click, or Enter where event is keydown) until the nth cell has a new
        number, at which the kernel is idle; JupyterLab's own sign for that waits longer."""
        cell = self.cell(n).element_handle()
        self.page.evaluate("""([cell, event]) => {
            const prompt = () => cell.querySelector('.jp-InputPrompt').textContent.trim();
            const before = prompt();
            const ended = () => /^\\[\\d+\\]:$/.test(prompt()) && prompt() !== before;
            window.took = undefined;
            let start;
            document.addEventListener(event, function begin(e) {
                if (e.key === undefined || e.key === 'Enter') {
                    start = e.timeStamp;
                    document.removeEventListener(event, begin, true);
                }
            }, true);
            const observer = new MutationObserver(() => {
                if (start !== undefined && ended()) {
                    observer.disconnect();
                    window.took = performance.now() - start;
                }
            });
            observer.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
        }""", [cell, event])
        act()
        return self.page.wait_for_function("window.took").json_value()

    def kernel(self):
        """The page's connection to its kernel. See Site.expose."""
        return self.page.evaluate_handle("""async () => {
            const context = window.jupyterapp.shell.currentWidget.sessionContext;
            await context.ready;
            return context.session.kernel;
        }""")

    def executed(self, code):
        """Has the kernel run code, with no cell: how long it takes until it is idle, in
        milliseconds, and what is printed. See Site.expose."""
        took, text, status = self.kernel().evaluate("""async (kernel, code) => {
            let text = '';
            const start = performance.now();
            const future = kernel.requestExecute({code});
            future.onIOPub = m => {
                if (m.header.msg_type === 'stream') {
                    text += m.content.text;
                }
            };
            const reply = await future.done;
            return [performance.now() - start, text, reply.content.status];
        }""", code)
        assert status == "ok", text
        return took, text

    def output(self, code):
        return self.executed(code)[1]

    def asked(self):
        """How long the kernel takes to answer a question, in milliseconds."""
        return self.kernel().evaluate("""async kernel => {
            const start = performance.now();
            await kernel.requestKernelInfo();
            return performance.now() - start;
        }""")
