"""A real JupyterHub with install/hub: several learners log in and run a
notebook each, with the Go kernel, on their own copy.

As root this makes Unix accounts, as the hub does in earnest, and removes them
again. Otherwise the hub runs in its trial mode.
"""

import concurrent.futures
import contextlib
import hashlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import pytest
import requests
import websocket
from needs import CACHE, missing

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "install" / "requirements-image.txt"
PROXY = ROOT / "install" / "hub" / "proxy"  # pinned by its package-lock.json
PASSWORD = "a password for the room"
IS_ROOT = os.geteuid() == 0
SUMMED = Path("/var/lib/gosched-class")  # where the hub writes what the class has done, as root
PATIENCE = 240  # seconds, on a machine that has other things to do


def until(what, condition, patience=PATIENCE):
    """Waits until a condition gives something, and returns that."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.25)
    raise AssertionError(f"waited {patience} seconds for {what}")


def open_to_all(path):
    """Says whether other accounts reach what is below a folder."""
    return all(p.stat().st_mode & stat.S_IXOTH for p in [path, *path.parents])


@pytest.fixture(scope="module")
def environment():
    """JupyterHub's packages and its proxy, where any account can read them:
    kept in the checkout, unless that is closed to the learners' accounts."""
    if not shutil.which("npm"):
        missing("npm is not installed")
    # The Python of the tests may be one that only its owner can run.
    python = "/usr/bin/python3" if IS_ROOT and os.access("/usr/bin/python3", os.X_OK) else sys.executable
    version = subprocess.run([python, "--version"], capture_output=True, check=True).stdout
    pins = LOCK.read_bytes() + (PROXY / "package-lock.json").read_bytes() + version
    CACHE.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        home = CACHE
        if IS_ROOT and not open_to_all(CACHE):
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gosched-hub-", dir="/var/tmp")))
            home.chmod(0o755)
        place = home / ("hub-" + hashlib.sha256(pins).hexdigest()[:12])
        if not (place / "ready").exists():
            install_hub(python, place)
        yield place


def install_hub(python, place):
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name in ["package.json", "package-lock.json"]:
        shutil.copy(PROXY / name, place)
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "VIRTUAL_ENV"}
    for command in [
        # With the tests' pip, and compiled, as the learners' accounts may not write here.
        [python, "-m", "venv", "--without-pip", place],
        [sys.executable, "-m", "pip", "--python", place / "bin/python", "install", "-q", "--compile", "--no-deps", "--require-hashes", "-r", LOCK],
        ["npm", "ci", "--silent", "--prefix", place],
    ]:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=environ)
        if done.returncode != 0:
            missing(f"{command[0]} could not set up JupyterHub: {done.stdout[-500:]}{done.stderr[-1500:]}")
    (place / "ready").touch()


class Hub:
    """A JupyterHub that runs install/hub/jupyterhub_config.py."""

    def __init__(self, environment, scratch):
        self.home = scratch
        # A program, notebooks and configuration that every account can read.
        shutil.copy(os.environ["GOSCHED_TEST_BIN"], environment / "bin" / "gosched")
        subprocess.run([environment / "bin/gosched", "install", "--prefix", environment], check=True, stdout=subprocess.DEVNULL)
        shutil.copytree(ROOT / "install" / "hub", scratch / "hub")
        shutil.copytree(ROOT / "notebooks", scratch / "notebooks", ignore=shutil.ignore_patterns(".*"))
        with contextlib.ExitStack() as stack:
            ports = [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(3)]
        self.url = f"http://127.0.0.1:{ports[0]}"
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHON", "VIRTUAL_ENV", "IPYTHON"))}
        environ |= {
            "PATH": f"{environment}/bin:{environment}/node_modules/.bin:{os.environ['PATH']}",
            "GOSCHED_HUB_PASSWORD": PASSWORD,
            "GOSCHED_HUB_STATE": str(scratch / "state"),
            "GOSCHED_HUB_URL": self.url,
            "GOSCHED_HUB_NOTEBOOKS": str(scratch / "notebooks"),
            "GOSCHED_HUB_PROGRESS": "counts",
        }
        self.summed_anew = IS_ROOT and not SUMMED.exists()
        self.log = (scratch / "hub.log").open("w+")
        self.process = subprocess.Popen(
            [environment / "bin/jupyterhub", "-f", scratch / "hub" / "jupyterhub_config.py",
             f"--JupyterHub.hub_port={ports[1]}", f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{ports[2]}"],
            env=environ, cwd=scratch, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self.learners = []

    def answers(self):
        assert self.process.poll() is None, f"the hub has ended:\n{self.said()}"
        try:
            return requests.get(self.url + "/hub/health", timeout=10).ok
        except requests.ConnectionError:
            return False

    def said(self):
        self.log.flush()
        return (self.home / "hub.log").read_text()[-6000:]

    def stop(self):
        for learner in self.learners:
            learner.leave()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.log.close()
        if self.summed_anew:
            shutil.rmtree(SUMMED, ignore_errors=True)


class Learner:
    """A browser: someone who logs in, and later their notebook server."""

    def __init__(self, hub, name):
        self.hub, self.name = hub, name
        self.web = requests.Session()
        self.server = f"{hub.url}/user/{name}"
        self.account = f"learner-{name}"
        self.token = None
        hub.learners.append(self)

    def log_in(self, password=PASSWORD):
        page = self.web.get(self.hub.url + "/hub/login", timeout=60)
        page.raise_for_status()
        form = {"username": self.name, "password": password, "_xsrf": self.web.cookies.get("_xsrf", path="/hub/")}
        return self.web.post(self.hub.url + "/hub/login?next=/hub/home", data=form, timeout=60)

    def api(self, method, path, **options):
        answer = requests.request(method, path, headers={"Authorization": f"token {self.token}"}, timeout=120, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def start(self):
        """Opens what people open after they have logged in."""
        answer = self.web.post(
            f"{self.hub.url}/hub/api/users/{self.name}/tokens", json={}, timeout=60,
            headers={"X-XSRFToken": self.web.cookies.get("_xsrf", path="/hub/"), "Referer": self.hub.url + "/hub/token"},
        )  # fmt: skip
        assert answer.ok, answer.text
        self.token = answer.json()["token"]

        def lab():
            page = self.web.get(f"{self.hub.url}/hub/spawn", timeout=60)
            assert page.status_code < 500, page.text[-3000:]
            return page.url.startswith(self.server + "/lab") and page

        page = until(f"the server of {self.name}", lab)
        assert page.url.split("?")[0].endswith("/lab/tree/notebooks/00-index.ipynb")

    def contents(self, path):
        return self.api("GET", f"{self.server}/api/contents/{path}")

    @contextlib.contextmanager
    def kernel(self):
        kernel = self.api("POST", f"{self.server}/api/kernels", json={"name": "gosched"})
        path = f"{self.server}/api/kernels/{kernel['id']}"
        connection = websocket.create_connection(
            path.replace("http", "ws", 1) + "/channels", timeout=PATIENCE, header={"Authorization": f"token {self.token}"}
        )
        try:
            yield lambda source: self.run(connection, source)
        finally:
            connection.close()
            self.api("DELETE", path)

    @staticmethod
    def run(connection, source):
        """Runs a cell and returns its reply's status and what it prints."""
        request = uuid.uuid4().hex
        connection.send(json.dumps({
            "channel": "shell", "parent_header": {}, "metadata": {}, "buffers": [],
            "header": {"msg_id": request, "msg_type": "execute_request", "username": "", "session": request, "version": "5.4"},
            "content": {"code": source, "silent": False, "store_history": True, "user_expressions": {},
                        "allow_stdin": False, "stop_on_error": True},
        }))  # fmt: skip
        printed, status = "", None
        while True:
            message = json.loads(connection.recv())
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                printed += content["text"]
            elif message["msg_type"] == "display_data":
                printed += content["data"]["text/plain"]
            elif message["msg_type"] == "error":
                printed += "\n".join(content["traceback"])
            elif message["msg_type"] == "execute_reply":
                status = content["status"]
            elif content.get("execution_state") == "idle":
                if status is None:
                    status = Learner.reply(connection, request)
                return status, printed

    @staticmethod
    def reply(connection, request):
        while True:
            message = json.loads(connection.recv())
            if message["parent_header"].get("msg_id") == request and message["msg_type"] == "execute_reply":
                return message["content"]["status"]

    def run_notebook(self, path):
        """Runs all cells of a notebook of theirs, and returns how many."""
        count = 0
        with self.kernel() as run:
            for cell in self.contents(path)["content"]["cells"]:
                tags = cell["metadata"].get("tags", [])
                if cell["cell_type"] != "code" or "skip-execution" in tags:
                    continue
                source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
                status, printed = run(source)
                assert status == "ok" or "raises-exception" in tags, f"{self.name}, {path}: {source}\n{printed}"
                count += 1
        return count

    def leave(self):
        """Stops the server, and removes the account."""
        if self.token:
            url = f"{self.hub.url}/hub/api/users/{self.name}"
            self.api("DELETE", url + "/server")
            until("the server's end", lambda: not self.api("GET", url).get("server"))
        if not IS_ROOT:
            return
        with contextlib.suppress(KeyError):
            uid = pwd.getpwnam(self.account).pw_uid
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    if process.stat().st_uid == uid:
                        os.kill(int(process.name), signal.SIGKILL)
            subprocess.run(["userdel", "--remove", self.account], check=True, capture_output=True)


@pytest.fixture(scope="module")
def hub(environment, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("hub")
    for directory in [scratch, *scratch.parents]:
        if IS_ROOT and directory.is_relative_to("/tmp") and directory != Path("/tmp"):
            directory.chmod(0o755)  # learners read the notebooks here
    hub = Hub(environment, scratch)
    try:
        until("the hub", hub.answers)
        yield hub
    except BaseException:
        print(hub.said())
        raise
    finally:
        hub.stop()


@pytest.fixture(scope="module")
def learners(hub):
    """Three of them, whose servers run."""
    three = [Learner(hub, f"{name}-{os.getpid()}") for name in ["ada", "bob", "cleo"]]
    for learner in three:
        assert learner.log_in().url.endswith("/hub/home")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(Learner.start, three))
    return three


def test_password_and_names(hub):
    """Without the room's password, or with a name that could not be part of
    an account's, nobody gets in."""
    for name, password in [("eve", "guessed"), ("eve", ""), ("../eve", PASSWORD), ("Eve Adams", PASSWORD), ("e" * 40, PASSWORD)]:
        visitor = Learner(hub, name)
        answer = visitor.log_in(password)
        assert answer.status_code == 403, (name, password)
        hub.learners.remove(visitor)


def test_hub_needs_a_password(environment, tmp_path):
    environ = {k: v for k, v in os.environ.items() if k != "GOSCHED_HUB_PASSWORD"}
    done = subprocess.run(
        [environment / "bin/jupyterhub", "-f", ROOT / "install/hub/jupyterhub_config.py"],
        env=environ | {"GOSCHED_HUB_STATE": str(tmp_path / "state")}, cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Set GOSCHED_HUB_PASSWORD" in done.stdout + done.stderr
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_every_learner_runs_a_notebook(learners, hub):
    """All at once, each on their own server with their own kernel."""
    notebook = sorted(p.name for p in (hub.home / "notebooks").glob("01-*.ipynb"))[0]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        counts = list(pool.map(lambda learner: learner.run_notebook(f"notebooks/{notebook}"), learners))
    assert len(set(counts)) == 1 and counts[0] > 0
    specs = learners[0].api("GET", f"{learners[0].server}/api/kernelspecs")
    assert specs["default"] == "gosched" and list(specs["kernelspecs"]) == ["gosched"]


def test_copies_are_their_own(learners, hub):
    """What one changes nobody else sees, and a new start does not undo it."""
    ada, bob, _ = learners
    name = sorted(p.name for p in (hub.home / "notebooks").glob("*.ipynb"))[0]
    before = bob.contents(f"notebooks/{name}")["content"]
    assert not any(cell.get("outputs") for cell in before["cells"]), "the course is handed out as it is stored"
    changed = json.loads(json.dumps(before))
    changed["cells"] = changed["cells"][:1]
    changed["cells"][0]["source"] = "what ada wrote"
    ada.api("PUT", f"{ada.server}/api/contents/notebooks/{name}", json={"type": "notebook", "content": changed})
    assert bob.contents(f"notebooks/{name}")["content"]["cells"] == before["cells"]
    assert "what ada wrote" not in (hub.home / "notebooks" / name).read_text()

    url = f"{hub.url}/hub/api/users/{ada.name}"
    ada.api("DELETE", url + "/server")
    until("the server's end", lambda: not ada.api("GET", url).get("server"))
    ada.start()
    assert ada.contents(f"notebooks/{name}")["content"]["cells"][0]["source"] == "what ada wrote"


def task(learner, name, role):
    """The source of the first cell with a role in a notebook of a learner."""
    for cell in learner.contents(f"notebooks/{name}")["content"]["cells"]:
        if cell["metadata"].get("gosched", {}).get("role") == role:
            return "".join(cell["source"])
    raise AssertionError(f"{name} has no {role}")


def test_class_sees_how_far_it_is(learners, hub):
    """Whoever passes a check is counted, and everybody can ask, without names."""
    ada, bob, _ = learners
    check = task(ada, "01-goroutines.ipynb", "check")
    with ada.kernel() as run_ada, bob.kernel() as run_bob:
        status, printed = run_bob(task(bob, "01-goroutines.ipynb", "exercise"))
        assert status == "ok", printed
        assert run_bob(check)[0] == "error"
        status, printed = run_ada("func spawn(n int, work func(i int)) {\n\tfor i := range n {\n\t\tgo work(i)\n\t}\n}")
        assert status == "ok", printed
        status, printed = run_ada(check)
        assert status == "ok" and "✓ spawn" in printed, printed

        def counted():
            status, printed = run_bob("%progress class")
            assert status == "ok", printed
            return re.search(r"spawn.*\b1 of 3\b", printed) and printed

        printed = until("the class's table", counted)
        assert ada.name not in printed and bob.name not in printed


# Asks every TCP port of an account for its terminals, and prints what it says.
LISTENERS = """
func ask() {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		content, _ := os.ReadFile(table)
		for _, line := range strings.Split(string(content), "\\n") {
			fields := strings.Fields(line)
			if len(fields) < 8 || fields[3] != "0A" || fields[7] != "UID" {
				continue
			}
			_, hex, _ := strings.Cut(fields[1], ":")
			port, _ := strconv.ParseInt(hex, 16, 32)
			answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/user/NAME/api/kernels", port))
			if err != nil {
				fmt.Println(port, err)
				continue
			}
			fmt.Println(answer.StatusCode)
		}
	}
}
ask()
"""


@pytest.mark.skipif(not IS_ROOT, reason="only root can give learners accounts of their own")
def test_accounts_keep_learners_apart(learners):
    """A learner's code cannot read another's files or end their processes, and
    connection files with their keys are their owner's alone."""
    ada, bob, _ = learners
    theirs = pwd.getpwnam(bob.account)
    with bob.kernel() as run_bob, ada.kernel() as run_ada:
        status, printed = run_bob("fmt.Println(os.Getuid(), os.Getppid())")
        assert status == "ok"
        uid, pid = printed.split()
        assert int(uid) == theirs.pw_uid
        runtime = Path(theirs.pw_dir, ".jupyter", "run")
        assert stat.S_IMODE(runtime.stat().st_mode) & 0o777 == 0o700 and runtime.stat().st_uid == theirs.pw_uid
        files = list(runtime.glob("kernel-*.json"))
        assert files
        for file in files:
            assert stat.S_IMODE(file.stat().st_mode) == 0o600 and file.stat().st_uid == theirs.pw_uid
        for source in [
            f'_, err := os.ReadDir("{theirs.pw_dir}"); fmt.Println(err)',
            f'_, err := os.ReadFile("{files[0]}"); fmt.Println(err)',
            f'_, err := os.ReadFile("/proc/{pid}/environ"); fmt.Println(err)',
            f"fmt.Println(syscall.Kill({pid}, syscall.SIGTERM))",
        ]:
            status, printed = run_ada(source)
            assert status == "ok"
            assert "permission denied" in printed or "operation not permitted" in printed, f"{source}: {printed}"
        # The kernel's sockets, from which all output could be read.
        connection = json.loads(files[0].read_text())
        assert connection["transport"] == "ipc"
        for channel in ["shell", "iopub", "stdin", "hb", "control"]:
            path = f"{connection['ip']}-{connection[channel + '_port']}"
            assert stat.S_ISSOCK(Path(path).stat().st_mode) and stat.S_IMODE(Path(path).stat().st_mode) == 0o600
            status, printed = run_ada(f'_, err := net.Dial("unix", "{path}"); fmt.Println(err)')
            assert status == "ok" and "permission denied" in printed, printed
        # Every port on which anything of bob's listens: his notebook server's,
        # which asks for a token, and no other.
        status, printed = run_ada(LISTENERS.replace("UID", str(theirs.pw_uid)).replace("NAME", bob.name))
        assert status == "ok", printed
        answers = printed.split()
        assert len(answers) == 1 and answers[0] == "403", printed
        assert run_bob("fmt.Println(1 + 1)") == ("ok", "2\n")
