"""The image is really built, and its container really runs notebooks.

There is no container engine here: Debian's buildah builds, with chroot as
isolation, on base images that debootstrap makes and that stand in for the
pinned ones of the Dockerfile. The Go stage
has the Go of this machine. That, and what a build needs of this machine to reach
the package registries (certificates, pip's settings, Go's module cache), is mounted
while it runs and is not part of the image, which a test checks.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from needs import CACHE, missing

ROOT = Path(__file__).resolve().parent.parent
ARTIFACTS = Path(os.environ.get("GOSCHED_TEST_ARTIFACTS") or ROOT / "artifacts")

# What the base images hold. The tarball is kept between runs.
SUITE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"

USER = "learner"  # not the default, as Binder's may not be
UID = 1234

# The layers with the kernel and the notebooks are to stay below this.
MOST_BYTES = 60e6


def run(*command, **options):
    """Runs a command and returns what it prints; says all of it if it fails."""
    done = subprocess.run(
        [str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    assert done.returncode == 0, f"{command} exited with {done.returncode}:\n{done.stdout[-8000:]}"
    return done.stdout


def base_tarball(scratch):
    """A Debian with Python, as the python:…-slim images have it."""
    tarball = CACHE / f"base-{SUITE}-{hashlib.sha256(PACKAGES.encode()).hexdigest()[:12]}.tar"
    if tarball.exists():
        return tarball
    root = scratch / "debian"
    run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, root, "http://deb.debian.org/debian")
    for rubbish in [*root.glob("var/cache/apt/archives/*.deb"), *root.glob("var/lib/apt/lists/*_*")]:
        rubbish.unlink()
    CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = tarball.with_suffix(f".{os.getpid()}")
    run("tar", "-C", root, "-cf", unfinished, ".")
    unfinished.rename(tarball)
    shutil.rmtree(root)
    return tarball


class Builder:
    """Buildah with a storage of its own: overlays where the system has them,
    else whole copies of each layer (10 GB, and twice the time)."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.environ = dict(os.environ, BUILDAH_ISOLATION="chroot", TMPDIR=str(scratch))
        self.driver = "overlay"
        if subprocess.run(self.command("info"), env=self.environ, capture_output=True).returncode != 0:
            self.driver = "vfs"

    def command(self, *arguments):
        place = self.scratch / self.driver
        where = ["--storage-driver", self.driver, "--root", place / "storage", "--runroot", place / "run"]
        return ["buildah", *where, *arguments]

    def clean(self):
        """Removes everything, also what a container still has mounted."""
        subprocess.run(self.command("rm", "--all"), env=self.environ, capture_output=True)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for place in reversed([m for m in mounts if Path(m).is_relative_to(self.scratch)]):
            subprocess.run(["umount", place], check=True)
        shutil.rmtree(self.scratch)

    def __call__(self, *arguments, **options):
        return run(*self.command(*arguments), env=self.environ, **options).strip()

    def start(self, *arguments, **options):
        command = [str(c) for c in self.command(*arguments)]
        return subprocess.Popen(command, env=self.environ, **options)

    def base_images(self):
        """Makes the two base images."""
        empty = self.scratch / "empty"
        empty.touch()
        python = self("from", "--name", "python", "scratch")
        self("add", "--quiet", python, base_tarball(self.scratch), "/")
        self("add", "--quiet", python, empty, "/etc/pip.conf")  # to mount on
        self("config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", python)
        self("commit", "--quiet", python, "localhost/test-python:1")
        go = self("from", "--name", "go", "localhost/test-python:1")
        for env in ["PATH=/usr/local/go/bin:/usr/bin:/bin", "GOPATH=/go", "GOTOOLCHAIN=local"]:
            self("config", "--env", env, go)
        self("commit", "--quiet", go, "localhost/test-go:1")
        self("rm", python, go)

    def build(self):
        """Builds the image of this tree."""
        pip = self.scratch / "pip.conf"
        pip.write_text("[global]\n" + "".join(f"{k} = {v}\n" for k, v in pip_settings()))
        volumes = [(pip, "/etc/pip.conf", "ro")]
        for path in (os.environ.get("PIP_FIND_LINKS") or "").split():
            if os.path.isabs(path):
                volumes.append((path, path, "ro"))
        if os.path.isdir("/etc/ssl/certs"):
            volumes.append(("/etc/ssl/certs", "/etc/ssl/certs", "ro"))
        for variable, place, mode in [("GOROOT", "/usr/local/go", "ro"), ("GOMODCACHE", "/go/pkg/mod", "rw"), ("GOCACHE", "/root/.cache/go-build", "rw")]:
            volumes.append((run("go", "env", variable, cwd=ROOT).strip(), place, mode))
        arguments = [
            "GO_IMAGE=localhost/test-go:1",
            "PYTHON_IMAGE=localhost/test-python:1",
            f"NB_USER={USER}",
            f"NB_UID={UID}",
            "GOSCHED_VERSION=v0.0.0-test",
        ]
        return self(
            "bud", "--layers", "--tag", "localhost/gosched:test",
            *(f"--volume={host}:{place}:{mode}" for host, place, mode in volumes),
            *(f"--build-arg={argument}" for argument in arguments),
            ROOT,
        )  # fmt: skip


def pip_settings():
    """What pip is told in this environment, for a file."""
    for variable in ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT"]:
        if value := os.environ.get(variable):
            yield variable.removeprefix("PIP_").lower().replace("_", "-").replace("default-timeout", "timeout"), value
    if os.path.exists("/etc/ssl/certs/ca-certificates.crt"):
        yield "cert", "/etc/ssl/certs/ca-certificates.crt"


@pytest.fixture(scope="module")
def builder(tmp_path_factory):
    for command in ["buildah", "debootstrap", "go"]:
        if not shutil.which(command):
            missing(f"{command} is not installed")
    if os.geteuid() != 0:
        missing("debootstrap and buildah's chroot isolation need root")
    scratch = tmp_path_factory.mktemp("image")
    builder = Builder(scratch)
    try:
        builder.base_images()
        builder.build()
        yield builder
    finally:
        builder.clean()


@pytest.fixture(scope="module")
def config(builder):
    return json.loads(builder("inspect", "--type", "image", "localhost/gosched:test"))["OCIv1"]


@pytest.fixture(scope="module")
def container(builder):
    name = builder("from", "--cap-drop=ALL", "localhost/gosched:test")
    yield name
    builder("rm", name)


def inside(builder, container, *command):
    """Runs a command as the container's user, without capabilities, and returns what it
    prints. That goes to a file: with chroot as isolation, buildah ends when the command
    has, and does not wait for what it has yet to pass on."""
    place = builder.scratch / "said"
    place.mkdir(exist_ok=True)
    place.chmod(0o777)
    said = place / "all"
    said.unlink(missing_ok=True)
    try:
        builder("run", "--cap-drop=ALL", f"--volume={place}:/said", container, "--", "sh", "-c", 'exec "$@" >/said/all 2>&1', "sh", *command)
    except AssertionError as e:
        raise AssertionError(said.read_text()[-8000:] if said.exists() else "it did not begin") from e
    return said.read_text()


def layers(builder):
    """The image's layers, topmost last: how each was made, the file that it is, and what
    is in it. They are not packed: most of that would be work for the base's."""
    place = builder.scratch / "layers"
    builder("push", "--quiet", "--disable-compression", "localhost/gosched:test", f"dir:{place}")

    def blob(descriptor):
        return place / descriptor["digest"].removeprefix("sha256:")

    manifest = json.loads((place / "manifest.json").read_text())
    history = json.loads(blob(manifest["config"]).read_text())["history"]
    made = [h["created_by"] for h in history if not h.get("empty_layer")]
    assert len(made) == len(manifest["layers"])
    for how, descriptor in zip(made, manifest["layers"]):
        with tarfile.open(blob(descriptor), "r:") as tar:
            yield how, blob(descriptor), tar.getnames()


def test_dockerfile_pins_everything():
    """Base images are arguments with exact defaults; nothing is `latest`."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    instructions = [line for line in dockerfile.splitlines() if line and not line.startswith("#")]
    defaults = dict(re.findall(r"^ARG (\w+)=(.*)$", dockerfile, re.M))
    bases = [line.split()[1] for line in instructions if line.startswith("FROM ")]
    assert bases == ["${GO_IMAGE}", "${PYTHON_IMAGE}"]
    for name in ["GO_IMAGE", "PYTHON_IMAGE"]:
        assert re.search(r":\d+\.\d+\.\d+-", defaults[name]), f"{name} is not an exact version: {defaults[name]}"
    assert "latest" not in "".join(instructions)
    assert defaults["NB_USER"] == "jovyan" and defaults["NB_UID"] == "1000"
    assert "--require-hashes" in dockerfile
    # The image's packages are those of the other lock, and some more.
    pins = [set(re.findall(r"^(\S+==\S+)", (ROOT / "install" / f).read_text(), re.M))
            for f in ["requirements.txt", "requirements-image.txt"]]  # fmt: skip
    assert pins[0] <= pins[1], f"versions differ: {sorted(pins[0] - pins[1])}"


def test_configuration(config):
    """Binder's rules: the user and home that it asks for, no root, a command
    in exec form and nothing in its way."""
    run_as = config["config"]
    environment = dict(entry.split("=", 1) for entry in run_as["Env"])
    assert run_as["User"] == str(UID)
    assert run_as["WorkingDir"] == environment["HOME"] == f"/home/{USER}"
    assert environment["USER"] == USER
    assert run_as["Cmd"][:2] == ["jupyter", "lab"], "the command starts in a shell"
    assert not run_as.get("Entrypoint")
    leaked = [e for e in environment if re.search(r"^PIP_|^SSL_|PROXY|CERT|TOKEN|KEY", e, re.I)]
    assert not leaked, f"the build's environment is in the image: {leaked}"


def test_layers(builder):
    """The kernel and the notebooks are small."""
    rows, ours, content = [], [0, 0], []
    for how, file, names in layers(builder):
        unpacked, packed = file.stat().st_size, ""
        if any(re.search(r"(^|/)(usr/local/bin/gosched|kernels/gosched/kernel\.json|[^/]+\.ipynb)$", n) for n in names):
            size = len(gzip.compress(file.read_bytes(), 6))
            packed = f"{size / 1e6:.2f}"
            ours[0] += size
            ours[1] += unpacked
            content += names
        how = how.split("/bin/sh -c ")[-1]
        rows.append(f"{packed:>9} {unpacked / 1e6:9.2f}  {' '.join(how.split())[:90]}")
    report = "\n".join([
        "MB gzip   MB plain  layer",
        *rows,
        f"{ours[0] / 1e6:9.2f} {ours[1] / 1e6:9.2f}  the kernel, its kernelspec and the notebooks",
        "",
    ])  # fmt: skip
    print(report)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    (ARTIFACTS / "image-layers.txt").write_text(report)
    assert any(n.endswith("usr/local/bin/gosched") for n in content)
    assert any(n.endswith(".ipynb") for n in content)
    assert ours[1] < MOST_BYTES, "also unpacked"


def test_no_root(builder, container):
    """The container's user is not root, has no capabilities and no way to
    more, and cannot change the kernel."""
    script = """
import json, os
status = dict(line.rstrip().split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
setuid = [os.path.join(d, f) for top in ["/bin", "/home", "/lib", "/opt", "/sbin", "/usr", "/var"] for d, _, fs in os.walk(top)
          for f in fs if not os.path.islink(os.path.join(d, f)) and os.stat(os.path.join(d, f)).st_mode & 0o6000]
writable = [p for p in ["/usr/local/bin/gosched", "/usr/local/bin", "/opt/jupyter", "/opt/jupyter/etc/jupyter", "/etc/passwd"]
            if os.access(p, os.W_OK)]
notebooks = os.path.expanduser("~/notebooks")
print("RESULT" + json.dumps({
    "uid": os.getuid(), "caps": [status[k] for k in ("CapEff", "CapPrm", "CapAmb")], "setuid": setuid,
    "writable": writable, "home": os.access(os.path.expanduser("~"), os.W_OK),
    "notebooks": all(os.access(os.path.join(d, f), os.W_OK) for d, _, fs in os.walk(notebooks) for f in fs)}))
"""
    out = inside(builder, container, "python3", "-c", script)
    result = json.loads(out.split("RESULT")[1])
    assert result["uid"] == UID
    assert {int(c, 16) for c in result["caps"]} == {0}
    assert result["setuid"] == [] and result["writable"] == []
    assert result["home"] and result["notebooks"]


def test_runs_a_notebook(builder, container):
    """nbclient runs a notebook with the Go kernel as the container's user."""
    notebook = {
        "nbformat": 4, "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "gosched", "display_name": "Go (gosched)", "language": "go"}},
        "cells": [
            {"id": f"c{i}", "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
            for i, source in enumerate([
                "ch := make(chan int)\ngo func() { for i := range 3 { ch <- i * i }; close(ch) }()",
                'sum := 0\nfor v := range ch { sum += v }\nfmt.Println("uid", os.Getuid(), "sum", sum)',
            ])
        ],
    }  # fmt: skip
    script = f"""
import json, sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.from_dict(json.loads({json.dumps(notebook)!r}))
NotebookClient(notebook, timeout=120, kernel_name="gosched").execute()
print("RESULT" + json.dumps([cell.outputs for cell in notebook.cells]))
"""
    out = inside(builder, container, "python3", "-c", script)
    outputs = json.loads(out.split("RESULT")[1])
    assert outputs[1][0]["text"] == f"uid {UID} sum 5\n"


def test_doctor_and_version(builder, container):
    assert inside(builder, container, "gosched", "version").startswith("gosched v0.0.0-test")
    assert "gosched" in inside(builder, container, "gosched", "doctor")
    kernels = json.loads(inside(builder, container, "jupyter", "kernelspec", "list", "--json", "--log-level=50"))
    assert sorted(kernels["kernelspecs"]) == ["gosched", "gosched-yaegi"], "only Go is offered, by both engines"
    for command in [["jupyter", "notebook"], ["jupyterhub-singleuser"]]:
        assert re.search(r"^\d+\.\d+", inside(builder, container, *command, "--version"), re.M)


def test_says_what_it_is_made_of(builder, container):
    """CycloneDX lists of the modules, of Debian's packages and of Python's, that
    agree with what is there; what made them is not."""

    def components(name):
        bom = json.loads(inside(builder, container, "cat", f"/usr/local/share/sbom/{name}.cdx.json"))
        assert bom["bomFormat"] == "CycloneDX"
        return {c["name"]: c.get("version") for c in bom["components"]}

    modules, debian, python = (components(name) for name in ["gosched", "debian", "python"])
    pinned = dict(re.findall(r"^\t(\S+) (v\S+)", (ROOT / "go.mod").read_text(), re.M))
    yaegi = "github.com/traefik/yaegi"
    assert modules[yaegi] == pinned[yaegi]
    installed = inside(builder, container, "dpkg-query", "-W", "-f", "${Package} ${Version}\n").split("\n")
    assert {tuple(line.split()) for line in installed if line.strip()} <= set(debian.items())
    script = "import importlib.metadata as m; print(*sorted(d.metadata['Name'] for d in m.distributions()), sep='\\n')"
    assert set(inside(builder, container, "python3", "-c", script).split()) <= set(python)
    assert "debsbom" not in python


def test_lab_answers(builder, container, config):
    """The image's own command starts JupyterLab on the notebooks, with Go."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [c.replace("8888", str(port)) for c in config["config"]["Cmd"]]
    command += ["--ServerApp.port_retries=0", "--IdentityProvider.token=secret"]
    log = (builder.scratch / "lab.log").open("w+")
    lab = builder.start("run", "--cap-drop=ALL", container, "--", *command, stdout=log, stderr=log)

    def ask(path, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
        request.add_header("Authorization", "token secret")
        data = b"{}" if method == "POST" else None
        with urllib.request.urlopen(request, data=data, timeout=60) as response:
            return response.url, response.read()

    try:
        for _ in range(240):
            try:
                ask("/api/status")
                break
            except (urllib.error.URLError, ConnectionError):
                assert lab.poll() is None, "JupyterLab has ended"
                time.sleep(0.5)
        url, page = ask("/")
        assert url.endswith("/lab/tree/notebooks/00-index.ipynb") and b"jupyter-config-data" in page
        assert json.loads(ask("/api/kernelspecs")[1])["default"] == "gosched"
        names = [entry["name"] for entry in json.loads(ask("/api/contents/notebooks")[1])["content"]]
        assert any(name.endswith(".ipynb") for name in names)
        kernel = json.loads(ask("/api/kernels", "POST")[1])
        assert kernel["name"] == "gosched"
        with pytest.raises(urllib.error.HTTPError):  # not without the token
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/kernels", timeout=60)
        ask("/api/shutdown", "POST")
        lab.wait(timeout=60)
    except BaseException:
        log.seek(0)
        print(log.read()[-4000:])
        raise
    finally:
        if lab.poll() is None:
            lab.terminate()
            lab.wait(timeout=30)
        log.close()
