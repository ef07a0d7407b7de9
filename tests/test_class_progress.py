"""What a hub sums up of its learners' progress."""

import importlib.util
import json
import os
import pathlib

HUB = pathlib.Path(__file__).resolve().parent.parent / "install/hub"
spec = importlib.util.spec_from_file_location("class_progress", HUB / "class_progress.py")
progress = importlib.util.module_from_spec(spec)
spec.loader.exec_module(progress)


def record(home, *lines):
    path = home / progress.RECORD
    path.parent.mkdir(parents=True)
    path.write_text("".join(line + "\n" for line in lines))
    return path


def test_counts_and_names(tmp_path):
    record(tmp_path / "ada", '{"task": "sleep", "when": "x"}', '{"task": "first"}', "no JSON", "[1]", '{"quiz": {"right": 3}}')
    record(tmp_path / "bo", '{"task": "sleep"}', '{"task": 7}')
    (tmp_path / "eve").mkdir()
    people = [(name, progress.done(home, user)) for name, home, user in progress.learners(tmp_path, "")]
    counts = progress.summary(people, False)
    assert counts == {"learners": 3, "tasks": {"sleep": {"done": 2}, "first": {"done": 1}}}
    assert "ada" not in json.dumps(counts)
    assert progress.summary(people, True)["tasks"]["sleep"] == {"done": 2, "names": ["ada", "bo"]}


def test_only_files_of_the_learner(tmp_path):
    secret = record(tmp_path / "ada", '{"task": "sleep"}')
    link = tmp_path / "eve" / progress.RECORD
    link.parent.mkdir(parents=True)
    link.symlink_to(secret)
    assert progress.done(tmp_path / "eve", os.geteuid()) == set()
    assert progress.done(tmp_path / "ada", os.geteuid() + 1) == set()
    os.mkfifo(tmp_path / "pipe")
    link.unlink()
    (tmp_path / "pipe").rename(link)
    assert progress.done(tmp_path / "eve", os.geteuid()) == set()


def test_the_file_is_there_as_a_whole_and_for_all(tmp_path):
    path = tmp_path / "progress.json"
    progress.write(path, {"learners": 0, "tasks": {}})
    assert json.loads(path.read_text()) == {"learners": 0, "tasks": {}}
    assert path.stat().st_mode & 0o777 == 0o644
