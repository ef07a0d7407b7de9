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


class Site:
    """The course, and a notebook of a test, built and served."""

    isolated = False  # whether pages may share memory
    lost = None  # the end of the name of a file that does not arrive

    def __init__(self, python, notebooks):
        self.dir = tempfile.TemporaryDirectory(prefix="gosched-site-")
        folder = pathlib.Path(self.dir.name)
        contents = folder / "contents"
        contents.mkdir()
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            shutil.copy(path, contents)
        for name, cells in notebooks.items():
            (contents / name).write_text(json.dumps(notebook(cells)))
        self.folder = folder / "site"
        if os.environ.get("GOSCHED_TEST_SITE"):  # one that has been built with these notebooks
            self.folder = pathlib.Path(os.environ["GOSCHED_TEST_SITE"])
            self.start()
            return
        command = ["go", "run", "./internal/site", "-fast", "-out", str(self.folder), "-contents", str(contents)]
        if python:
            command += ["-python", python]
        built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert built.returncode == 0, built.stdout + built.stderr
        self.start()

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

    @contextlib.contextmanager
    def worker(self, before):
        """Has the kernel's worker begin with other JavaScript."""
        (chunk,) = [p for p in (self.folder / "extensions/jupyterlite-gosched/static").glob("*.js")
                    if "wasm_exec.js" in p.read_text()]
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

    def __init__(self, site, browser, name):
        self.name = name
        self.complaints = []
        # A browser of its own: there JupyterLite opens no notebook, and starts no
        # kernel, of an earlier test.
        self.profile = tempfile.TemporaryDirectory(prefix="gosched-chromium-")
        self.context = browser.launch(self.profile.name)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda e: self.complaints.append("page error: %s" % e))
        self.page.goto("%s/lab/index.html?path=%s" % (site.url, name))
        self.page.wait_for_selector(self.PANEL + ".jp-CodeCell")

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
