"""The values for Zero to JupyterHub are valid, and KubeSpawner makes of them
the containers that they should make.

The Helm chart cannot be had here. Instead the values are checked against a
schema with its settings, and learners' containers are rendered by the chart's
own spawner, which is given the values as the chart gives them.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from needs import CACHE, missing

ROOT = Path(__file__).resolve().parent.parent
VALUES = ROOT / "install" / "kubernetes"
LOCK = ROOT / "tests" / "requirements-kubernetes.txt"


def load(name):
    return yaml.safe_load((VALUES / name).read_text())


def merged(first, second):
    """As Helm merges values: mappings are merged, all else is replaced."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first | {key: merged(first[key], value) if key in first else value for key, value in second.items()}
    return second


@pytest.mark.parametrize("name", ["values.yaml", "workshop.yaml"])
def test_schema(name):
    schema = yaml.safe_load((ROOT / "tests" / "zero_to_jupyterhub.schema.yaml").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(load(name), schema)
    # A misspelt setting would be found.
    broken = merged(load(name), {"singleuser": {"memroy": {"limit": "1G"}}})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_image_is_that_of_the_dockerfile():
    """User, start and notebooks are as the Dockerfile makes them, and the tag
    is a release."""
    singleuser = load("values.yaml")["singleuser"]
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"ARG NB_UID={singleuser['uid']}\n" in dockerfile
    assert re.fullmatch(r"\d+\.\d+\.\d+", singleuser["image"]["tag"])
    page = singleuser["defaultUrl"].removeprefix("/lab/tree/")
    assert (ROOT / page).exists()


@pytest.fixture(scope="module")
def spawner():
    """A Python that has KubeSpawner, kept between runs."""
    place = CACHE / ("kubernetes-" + hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12])
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        for command in [
            [sys.executable, "-m", "venv", "--without-pip", place],
            [sys.executable, "-m", "pip", "--python", place / "bin/python", "install", "-q", "--no-deps", "--require-hashes", "-r", LOCK],
        ]:
            done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
            if done.returncode != 0:
                missing(f"KubeSpawner cannot be installed: {done.stderr[-1500:]}")
        (place / "ready").touch()
    return place / "bin/python"


# The chart's hub reads these values and sets these traits; its
# files/hub/jupyterhub_config.py has the list. What hub.config has is set after.
RENDER = """
import asyncio, json, sys
from traitlets.config import Config
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from jupyterhub.objects import Hub, Server
from unittest.mock import MagicMock

values, profile = json.load(sys.stdin)
singleuser = values["singleuser"]
c = Config()
for trait, *path in [
    ("image_pull_policy", "image", "pullPolicy"), ("uid", "uid"), ("fs_gid", "fsGid"), ("cmd", "cmd"),
    ("default_url", "defaultUrl"), ("start_timeout", "startTimeout"), ("environment", "extraEnv"),
    ("allow_privilege_escalation", "allowPrivilegeEscalation"), ("profile_list", "profileList"),
    ("mem_limit", "memory", "limit"), ("mem_guarantee", "memory", "guarantee"),
    ("cpu_limit", "cpu", "limit"), ("cpu_guarantee", "cpu", "guarantee"),
]:
    value = singleuser
    for key in path:
        value = value[key]
    c.KubeSpawner[trait] = value
c.KubeSpawner.image = "{name}:{tag}".format(**singleuser["image"])
for name, traits in values["hub"]["config"].items():
    c[name].update(traits)

async def main():
    user = MagicMock()
    user.name, user.escaped_name, user.id, user.url = "ada", "ada", 1, "/user/ada/"
    hub = Hub(server=Server(ip="10.0.0.1", port=8081))
    spawner = KubeSpawner(config=c, hub=hub, user=user, api_token="token", oauth_client_id="id", _mock=True)
    unknown = [t for t in c.KubeSpawner if t not in spawner.trait_names()]
    assert not unknown, unknown
    if profile:
        spawner.user_options = {"profile": profile}
        await spawner.load_user_options()
    pod = await spawner.get_pod_manifest()
    print("RESULT" + json.dumps(ApiClient().sanitize_for_serialization(pod)))

asyncio.run(main())
"""


# KubeSpawner wants to know of a cluster, and asks it nothing here.
NO_CLUSTER = {
    "apiVersion": "v1", "kind": "Config", "current-context": "none", "users": [{"name": "nobody", "user": {}}],
    "clusters": [{"name": "none", "cluster": {"server": "http://127.0.0.1:9"}}],
    "contexts": [{"name": "none", "context": {"cluster": "none", "user": "nobody"}}],
}  # fmt: skip


def render(spawner, scratch, values, profile=None):
    cluster = scratch / "kubeconfig"
    cluster.write_text(json.dumps(NO_CLUSTER))
    done = subprocess.run(
        [spawner, "-c", RENDER], input=json.dumps([values, profile]), capture_output=True, text=True, timeout=120,
        env=os.environ | {"KUBECONFIG": str(cluster)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.split("RESULT")[1])


@pytest.mark.parametrize(
    ("files", "profile", "memory", "cpu", "kernel_limit"),
    [
        (["values.yaml"], "course", ("320M", "1G"), (0.1, 2), "640MiB"),
        (["values.yaml"], "large", ("1G", "4G"), (0.5, 4), "3GiB"),
        (["values.yaml", "workshop.yaml"], None, ("320M", "1G"), (0.1, 2), "640MiB"),
    ],
)
def test_pod(spawner, tmp_path, files, profile, memory, cpu, kernel_limit):
    values = {}
    for file in files:
        values = merged(values, load(file))
    assert bool(values["singleuser"]["profileList"]) == (profile is not None)
    pod = render(spawner, tmp_path, values, profile)["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "ghcr.io/gosched/gosched:0.1.0"
    assert container["args"][0] == "jupyterhub-singleuser"

    def size(text):
        return int(text) if str(text).isdigit() else int(float(text[:-1]) * {"M": 2**20, "G": 2**30}[text[-1]])

    resources = container["resources"]
    assert (size(resources["requests"]["memory"]), size(resources["limits"]["memory"])) == (size(memory[0]), size(memory[1]))
    assert (resources["requests"]["cpu"], resources["limits"]["cpu"]) == cpu
    environment = {e["name"]: e.get("value") for e in container["env"]}
    assert environment["GOSCHED_MEMORY_LIMIT"] == kernel_limit
    # The kernel notices before the container is killed.
    kernel = int(kernel_limit[:-3]) * {"MiB": 2**20, "GiB": 2**30}[kernel_limit[-3:]]
    assert kernel < size(resources["limits"]["memory"])

    security = container["securityContext"]
    assert security["runAsUser"] == 1000 and security["runAsNonRoot"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert not security.get("privileged")
    assert pod["securityContext"]["fsGroup"] == 1000
    assert pod["automountServiceAccountToken"] is False
    assert not pod.get("volumes"), "a volume on the home directory would hide the notebooks"
