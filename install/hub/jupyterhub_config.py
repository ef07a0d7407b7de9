"""A workshop on one machine: JupyterHub gives every learner JupyterLab with the
Go kernel on a copy of the notebooks of their own.

    GOSCHED_HUB_PASSWORD='one for the room' jupyterhub -f install/hub/jupyterhub_config.py

docs/deploy.md says what has to be installed. As root, the hub makes every
learner a Unix account of their own, which is what keeps learners apart. As
anyone else it starts all of them as that user, for trying it out alone.

What can be set, in the environment:

    GOSCHED_HUB_PASSWORD   what learners log in with, 8 characters or more
    GOSCHED_HUB_NOTEBOOKS  what they get a copy of; by default this checkout's notebooks
    GOSCHED_HUB_STATE      the hub's own files; by default /var/lib/gosched-hub for root,
                           else .gosched-hub in the working directory
    GOSCHED_HUB_URL        where to listen; by default http://:8000
    GOSCHED_MEMORY_LIMIT   how much memory each notebook may use; by default 1GiB
    GOSCHED_HUB_PROGRESS   what everybody in the class sees by %progress class: counts,
                           which is how many have done each task; names, which is also
                           who; or off, the default
"""

import asyncio
import os
import pwd
import subprocess
import sys
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner, set_user_setuid

c = get_config()  # noqa: F821, JupyterHub provides it

here = Path(__file__).resolve().parent
root = os.geteuid() == 0

# The hub and where it keeps its things. Nobody else may read them: they hold
# the keys by which the hub knows its learners.
state = Path(os.environ.get("GOSCHED_HUB_STATE") or ("/var/lib/gosched-hub" if root else ".gosched-hub")).resolve()
state.mkdir(mode=0o700, parents=True, exist_ok=True)
state.chmod(0o700)
c.JupyterHub.bind_url = os.environ.get("GOSCHED_HUB_URL") or "http://:8000"
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
# The database remembers learners' servers, so a hub that is started again
# finds them running.
c.JupyterHub.cleanup_servers = False

# Who may log in: whoever knows the room's password, under any name that can be
# part of an account's. Learners who share a password can log in as each other;
# where that matters, use another authenticator (docs/security.md).
password = os.environ.get("GOSCHED_HUB_PASSWORD", "")
if len(password) < 8:
    sys.exit("Set GOSCHED_HUB_PASSWORD to the password for the room, 8 characters or more.")
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = password
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = r"^[a-z][a-z0-9-]{0,19}\Z"  # it is only matched at its beginning


class LearnerSpawner(LocalProcessSpawner):
    """Starts each learner under a Unix account of their own, which it makes.

    The account of the learner ada is learner-ada, so that no name that someone
    logs in with is that of an account which the machine has for other things.
    """

    prefix = "learner-"
    making = asyncio.Lock()  # useradd locks the list of accounts, and does not wait for it

    @property
    def account(self):
        return self.prefix + self.user.name

    async def start(self):
        async with self.making:
            await asyncio.to_thread(self.make_account)
        return await super().start()

    def make_account(self):
        try:
            pwd.getpwnam(self.account)
        except KeyError:
            subprocess.run(
                ["useradd", "--create-home", "--shell", "/bin/bash", "-K", "HOME_MODE=0700", self.account],
                check=True,
            )

    def make_preexec_fn(self, name):
        return set_user_setuid(self.account)

    def user_env(self, env):
        account = pwd.getpwnam(self.account)
        return env | {
            "USER": self.account, "HOME": account.pw_dir, "SHELL": account.pw_shell,
            # The kernels' sockets are here. Their paths must not be long.
            "JUPYTER_RUNTIME_DIR": f"{account.pw_dir}/.jupyter/run",
        }  # fmt: skip


class TrialSpawner(LocalProcessSpawner):
    """Starts each learner as the hub's own user, in a directory of their own.
    This keeps nobody from anybody."""

    @property
    def home(self):
        return state / "homes" / self.user.name

    async def start(self):
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.warning("%s runs as the hub's own user: start the hub as root to keep learners apart", self.user.name)
        return await super().start()

    def make_preexec_fn(self, name):
        home = self.home
        return lambda: os.chdir(home)

    def user_env(self, env):
        return env | {"USER": self.user.name, "HOME": str(self.home)}


c.JupyterHub.spawner_class = LearnerSpawner if root else TrialSpawner
c.Spawner.cmd = [sys.executable, str(here / "start_learner.py")]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab/tree/notebooks/00-index.ipynb"
c.Spawner.start_timeout = 120  # a room full of people logs in at once
c.Spawner.http_timeout = 120
c.JupyterHub.concurrent_spawn_limit = 10
c.Spawner.environment = {
    "GOSCHED_HUB_NOTEBOOKS": os.environ.get("GOSCHED_HUB_NOTEBOOKS") or str(here.parent.parent / "notebooks"),
    "GOSCHED_MEMORY_LIMIT": os.environ.get("GOSCHED_MEMORY_LIMIT") or "1GiB",
    # One learner's busy loops leave processors to the others.
    "GOMAXPROCS": "2",
}
c.Spawner.args = [
    "--MultiKernelManager.default_kernel_name=gosched",
    "--KernelSpecManager.allowed_kernelspecs=gosched",
    # Kernels that nobody looks at end after four hours.
    "--MappingKernelManager.cull_idle_timeout=14400",
    "--MappingKernelManager.cull_interval=300",
]
if root:
    # Kernels are reached through files that other accounts cannot open, and not
    # through ports of the machine, which everybody on it can connect to.
    c.Spawner.args += ["--KernelManager.transport=ipc"]

# What the class has done is summed up in a file that everybody can read.
progress = os.environ.get("GOSCHED_HUB_PROGRESS") or "off"
if progress not in ("counts", "names", "off"):
    sys.exit("GOSCHED_HUB_PROGRESS is counts, names or off, not %r." % progress)
if progress != "off":
    shared = Path("/var/lib/gosched-class") if root else state / "class"
    shared.mkdir(mode=0o755, parents=True, exist_ok=True)
    summed = str(shared / "progress.json")
    c.Spawner.environment["GOSCHED_CLASS_PROGRESS"] = summed
    c.JupyterHub.services = [{
        "name": "class-progress",
        "command": [sys.executable, str(here / "class_progress.py"), summed, progress, "" if root else str(state / "homes")],
    }]  # fmt: skip
