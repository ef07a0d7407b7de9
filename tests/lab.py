"""A real JupyterLab in a real Chromium, for tests."""

import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from needs import missing
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent
ARTIFACTS = pathlib.Path(os.environ.get("GOSCHED_TEST_ARTIFACTS") or ROOT / "artifacts")
ARTIFACTS.mkdir(parents=True, exist_ok=True)
TOKEN = "a-token-of-the-tests"
CHROMIUMS = ["chromium-headless-shell", "chromium", "google-chrome"]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"]

# The settings that gosched lab and the image give JupyterLab, and one more so that
# nothing is shown that has nothing to do with what is tested.
SETTINGS = {
    plugin.removeprefix("@jupyterlab/").replace(":", "/"): content
    for plugin, content in json.loads((ROOT / "install/image/share/jupyter/lab/settings/overrides.json").read_text()).items()
}
SETTINGS["docmanager-extension/plugin"] = {"autosave": False}


class Server:
    """JupyterLab on a folder of its own."""

    def __init__(self, python=sys.executable, env=None, program="jupyterlab", together=False):
        self.dir = tempfile.TemporaryDirectory(prefix="gosched-lab-")
        self.folder = pathlib.Path(self.dir.name)
        settings = pathlib.Path(os.environ["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab"
        for name, content in SETTINGS.items():
            file = settings / (name + ".jupyterlab-settings")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content))
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % port
        self.log = open(ARTIFACTS / "jupyterlab.log", "wb")
        self.process = subprocess.Popen(
            [python, "-m", program, "--no-browser", "--allow-root", "--ip", "127.0.0.1", "--port", str(port),
             "--ServerApp.port_retries=0", "--IdentityProvider.token=" + TOKEN, "--ServerApp.root_dir=" + str(self.folder),
             "--YDocExtension.disable_rtc=%s" % (not together)],
            cwd=self.folder, env=env, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 90
        while True:
            with contextlib.suppress(OSError):
                self.get("/api/status")
                return
            assert self.process.poll() is None and time.monotonic() < deadline, "JupyterLab does not start: see " + self.log.name
            time.sleep(0.2)

    def get(self, path):
        return json.loads(self.ask("GET", path))

    def ask(self, method, path):
        request = urllib.request.Request(self.url + path + "?token=" + TOKEN, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:  # a busy machine
            return answer.read()

    def end_kernels(self):
        for kernel in self.get("/api/kernels"):
            self.ask("DELETE", "/api/kernels/" + kernel["id"])

    def write(self, name, cells):
        """Writes a notebook; a cell that begins with "# " is Markdown."""
        content = {"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {
            "kernelspec": {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}, "language_info": {"name": "go"}}}
        for i, source in enumerate(cells):
            cell = {"id": "c%d" % i, "metadata": {}, "source": source, "cell_type": "markdown"}
            if not source.startswith("# "):
                cell.update(cell_type="code", outputs=[], execution_count=None)
            content["cells"].append(cell)
        (self.folder / name).write_text(json.dumps(content))

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.dir.cleanup()


class Browser:
    def __init__(self, **options):
        path = os.environ.get("GOSCHED_TEST_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
        if not path:
            missing("Chromium is not installed")
        self.path, self.options = path, options
        self.profile = tempfile.TemporaryDirectory(prefix="gosched-chromium-")
        self.playwright = sync_playwright().start()

    @functools.cached_property
    def context(self):
        return self.launch(self.profile.name)

    def launch(self, profile):
        """A browser that remembers in the folder profile."""
        context = self.playwright.chromium.launch_persistent_context(
            profile, executable_path=self.path, args=CHROMIUM, headless=True,
            **{"viewport": {"width": 1280, "height": 900}, **self.options})
        context.set_default_timeout(60_000)
        return context

    def close(self):
        if "context" in vars(self):
            self.context.close()
        self.playwright.stop()
        self.profile.cleanup()


class Page:
    """A notebook that is open in JupyterLab."""

    def __init__(self, server, browser, name):
        self.server, self.name = server, name
        self.complaints = []
        self.page = browser.context.new_page()
        self.page.on("console", self.console)
        self.page.on("pageerror", lambda e: self.complaints.append("page error: %s" % e))
        # On a busy machine a document that several people edit asks whether to go on waiting.
        slow = self.page.locator(".jp-Dialog", has_text="taking some time to load")
        self.page.add_locator_handler(slow, lambda dialog: dialog.get_by_role("button", name="Continue waiting").click())
        self.page.goto("%s/lab/tree/%s?token=%s&reset" % (server.url, name, TOKEN))
        self.page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
        self.until(self.connected, "the kernel", 60)

    def connected(self):
        """Whether the page and the kernel have found each other. What the page
        shows of its kernel is not enough: it shows the one that it will start."""
        kernels = [s["kernel"] for s in self.server.get("/api/sessions") if s["path"] == self.name]
        if not kernels or kernels[0]["connections"] == 0 or kernels[0]["execution_state"] != "idle":
            return False
        self.page.wait_for_timeout(300)
        return self.page.locator('.jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status="idle"]').count() == 1

    def console(self, message):
        if message.type == "error":
            self.complaints.append("console: %s (%s)" % (message.text, message.location.get("url", "")))

    def cell(self, n):
        """The nth code cell."""
        return self.page.locator(".jp-NotebookPanel .jp-CodeCell").nth(n)

    def run(self, n):
        """Runs a cell as people do, and does not wait for it."""
        self.cell(n).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def prompt(self, n):
        return self.cell(n).locator(".jp-InputPrompt").text_content().strip()  # also of what is scrolled away

    def text(self, n):
        """What stands below a cell."""
        # Not the inner text, which is empty for what is scrolled away.
        return "\n".join(self.cell(n).locator(".jp-OutputArea-output").all_text_contents())

    def button(self, command):
        self.page.locator('.jp-NotebookPanel-toolbar [data-command="%s"], .jp-NotebookPanel-toolbar [data-jp-item-name="%s"]'
                          % (command, {"notebook:interrupt-kernel": "interrupt", "notebook:restart-kernel": "restart"}[command])
                          ).first.click()

    def until(self, condition, what, timeout=30):
        deadline = time.monotonic() + timeout
        pause = 20  # milliseconds; who has waited for long asks less often, as asking is work for the page
        while not condition():
            if time.monotonic() > deadline:
                complaints = "".join("\n" + c for c in self.complaints)
                raise AssertionError("waited %d s for %s; see %s%s" % (timeout, what, self.screenshot("failed"), complaints))
            self.page.wait_for_timeout(pause)
            pause = min(pause * 1.2, 100)

    def ended(self, n, timeout=30):
        self.until(lambda: re.fullmatch(r"\[\d+\]:", self.prompt(n)), "the end of cell %d" % n, timeout)

    def theme(self, name):
        """Chooses a theme in the menu, as people do."""
        self.page.locator(".lm-MenuBar-item", has_text="Settings").click()
        self.page.locator(".lm-Menu-item", has_text="Theme").first.hover()
        self.page.locator('.lm-Menu-item[data-command="apputils:change-theme"]', has_text=name).first.click()
        self.until(lambda: self.page.locator("body").get_attribute("data-jp-theme-name") == name, "the theme " + name)
        self.until(lambda: self.page.locator("#jupyterlab-splash").count() == 0, "the end of the splash")

    def contrast(self, selector):
        """The least contrast of text with what is behind it, of the elements found,
        as WCAG computes it. What is translucent is seen with what is behind it."""
        return self.page.evaluate("""selector => {
            const part = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
            const light = c => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
            const rgba = s => { const c = s.match(/[\\d.]+/g).map(Number); return c.length < 4 ? [...c, 1] : c; };
            const over = (c, below) => [0, 1, 2].map(i => c[3] * c[i] + (1 - c[3]) * below[i]);
            const behind = e => {
                if (!e) return [255, 255, 255];
                const c = rgba(getComputedStyle(e).backgroundColor);
                return c[3] == 1 ? c : over(c, behind(e.parentElement));
            };
            let least = 99;
            for (const e of document.querySelectorAll(selector)) {
                const style = getComputedStyle(e), back = behind(e);
                const a = light(over(rgba(e instanceof SVGElement ? style.fill : style.color), back)), b = light(back);
                least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
            }
            return least;
        }""", selector)

    def screenshot(self, what):
        file = ARTIFACTS / ("%s-%s.png" % (self.name.removesuffix(".ipynb"), what))
        self.page.screenshot(path=file)
        return file

    def close(self):
        dialogs = [text for text in self.page.locator(".jp-Dialog").all_inner_texts() if "taking some time to load" not in text]
        self.page.close()
        assert not dialogs, dialogs
        assert not self.complaints, self.complaints


class Visit:
    """A page in which one notebook after the other is opened and closed: to load JupyterLab
    for each takes longer than most notebooks."""

    page = None

    @contextlib.contextmanager
    def opened(self, name):
        try:
            if self.page is None:
                self.page = self.begin(name)
            else:
                self.show(name)
            yield self.page
            self.leave()
            assert not self.page.complaints, self.page.complaints
        except BaseException:  # the next one has a page of its own
            page, self.page = self.page, None
            if page:
                self.drop(page)
            raise

    def begin(self, name):
        """A page of its own with a notebook."""
        raise NotImplementedError

    def show(self, name):
        """Opens another notebook in the page."""
        raise NotImplementedError

    def leave(self):
        """Closes the notebook."""
        raise NotImplementedError

    def closed(self):
        page = self.page.page
        self.page.until(lambda: page.locator(".jp-NotebookPanel, .jp-Dialog").count() == 0, "that it is closed")

    def drop(self, page):
        """Closes a page in which something has gone wrong."""
        page.page.close()

    def close(self):
        if self.page:
            self.page.close()


class Lab(Visit):
    """JupyterLab. Nothing is kept of what a notebook's cells have shown."""

    def __init__(self, server, browser):
        self.server, self.browser = server, browser

    def begin(self, name):
        return Page(self.server, self.browser, name)

    def show(self, name):
        self.page.name = name
        page = self.page.page
        page.get_by_role("menuitem", name="File", exact=True).click()
        page.get_by_role("menuitem", name="Open from Path…").click()
        page.locator(".jp-Dialog input").fill(name)
        page.keyboard.press("Enter")
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
        self.page.until(self.page.connected, "the kernel", 60)

    def leave(self):
        page = self.page.page
        page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=self.page.name).locator(".lm-TabBar-tabCloseIcon").click()
        page.locator(".jp-Dialog").get_by_role("button", name="Discard").click()
        self.closed()
