"""Names the platform that a wheel is for, and what comes with it."""

import os
import pathlib
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlatformHook(BuildHookInterface):
    """A program is of a platform, and of no Python; an extension is of any."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_data["tag"] = os.environ["GOSCHED_WHEEL_TAG"]
        build_data["pure_python"] = build_data["tag"].endswith("-any")
        # File by file: a folder is left out where nothing else selects files.
        root = pathlib.Path(self.root)
        for path in sorted(root.glob("share/**/*")):
            if path.is_file():
                name = path.relative_to(root).as_posix()
                build_data["shared_data"][name] = name
