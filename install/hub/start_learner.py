"""Starts a learner's server on their own copy of the notebooks.

JupyterHub runs this as the learner, in their home directory. What they have is
never overwritten: only notebooks that they lack are copied, so that a notebook
which they have deleted or renamed comes back fresh. Those of the course are stored
with what their cells have shown; learners get cells that have not been run.
"""

import json
import os
import shutil
import sys
from pathlib import Path

source = Path(os.environ["GOSCHED_HUB_NOTEBOOKS"])
copy = Path.home() / "notebooks"



def blank(text):
    """A notebook without outputs, if it says of which cells they are; else None."""
    try:
        notebook = json.loads(text)
        notebook["metadata"].pop("gosched")
    except (ValueError, TypeError, KeyError):
        return None
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def hand(source, target):
    fresh = blank(source.read_bytes()) if source.suffix == ".ipynb" else None
    if fresh is None:
        shutil.copyfile(source, target)
    else:
        target.write_text(fresh, "utf-8")


for directory, subdirectories, files in os.walk(source):
    subdirectories[:] = [d for d in subdirectories if not d.startswith(".")]
    target = copy / Path(directory).relative_to(source)
    target.mkdir(parents=True, exist_ok=True)
    for name in files:
        if not (target / name).exists():
            hand(Path(directory) / name, target / name)

os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])
