"""How nbconvert writes Go notebooks as scripts: as one program, which gosched makes."""

import os
import shutil
import subprocess

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from traitlets.log import get_logger


def gosched(notebook):
    """The program that runs the notebook's kernel, or another gosched, or None."""
    manager = KernelSpecManager()
    names = [notebook.metadata.get("kernelspec", {}).get("name", ""), *manager.find_kernel_specs()]
    for name in names:
        try:
            command = manager.get_kernel_spec(name).argv[0]
        except (NoSuchKernel, IndexError):
            continue
        if os.path.basename(command).removesuffix(".exe") == "gosched":
            return command
    return shutil.which("gosched")


def gosched_program(notebook, resources):
    """The notebook as a program that `go run` takes; empty where there can be none."""
    command = gosched(notebook)
    if command is None:
        get_logger().warning("There is no gosched that could make a program of the notebook, so its cells are written as they are.")
        return ""
    about = resources.get("metadata", {})
    made = subprocess.run(
        [command, "export", "--script", "--module", about.get("name") or "notebook", "-"],
        input=nbformat.writes(notebook).encode(),
        cwd=about.get("path") or None,
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        get_logger().warning("No program could be made of the notebook, so its cells are written as they are: %s", made.stderr.decode().strip())
        return ""
    return made.stdout.decode()


c = get_config()  # noqa: F821
c.ScriptExporter.template_name = "gosched"
c.ScriptExporter.filters = {"gosched_program": gosched_program}
