"""Starts a learner's server on their own copy of the notebooks.

JupyterHub runs this as the learner, in their home directory. What they have is
never overwritten: only notebooks that they lack are copied, so that a notebook
which they have deleted or renamed comes back fresh.
"""

import os
import shutil
import sys
from pathlib import Path

source = Path(os.environ["GOSCHED_HUB_NOTEBOOKS"])
copy = Path.home() / "notebooks"

for directory, subdirectories, files in os.walk(source):
    subdirectories[:] = [d for d in subdirectories if not d.startswith(".")]
    target = copy / Path(directory).relative_to(source)
    target.mkdir(parents=True, exist_ok=True)
    for name in files:
        if not (target / name).exists():
            shutil.copyfile(Path(directory) / name, target / name)

os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])
