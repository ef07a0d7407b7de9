"""What nobody should send, and what happens then: a clear error or bounded
memory, and a kernel that lives, or says why it cannot start."""

import json
import os
import socket
import subprocess
import time
import uuid

import psutil
import pytest
import zmq
from jupyter_client.session import DELIM

from notebook import Notebook


@pytest.fixture(scope="module")
def nb():
    with Notebook() as notebook:
        yield notebook


MEGABYTE = 1 << 20

WRONG = {  # code, and what the explanation says
    "unterminated string": ('x := "never closed\nfmt.Println(x)', "string literal not terminated"),
    "unterminated raw string": ("x := `never closed", "string literal not terminated"),
    "unterminated rune": ("x := 'a", "rune literal not terminated"),
    "unterminated comment": ("x := 1 /* never closed", "comment not terminated"),
    "100,000 nested parentheses": ("x := " + "(" * 100_000 + "1" + ")" * 100_000, "nest"),
    "10,000 open parentheses": ("(" * 10_000, ""),
    "unknown import": ('import "no/such/package"', "no/such/package"),
    "unknown module": ('import "github.com/someone/something"', "github.com/someone/something"),
    "import of C": ('import "C"', "C"),
    "control characters": ("x := 1 \x00\x01\x02", "NUL"),
    "a byte order mark inside": ("x := 1\n\ufeffy := 2", "byte order mark"),
    "not Go": ("<html>\n<body>hello</body>", "expected"),
    "an unknown command": ("%nosuch", "%help"),
    "a megabyte of one error": ("undefined1()\n" * (MEGABYTE // 13), "undefined"),
    "a megabyte of parentheses": ("(" * MEGABYTE, ""),
    "an enormous array": ("var a [1 << 40]byte\na[0]", ""),
    "an enormous constant": ("const c = 1 << 100_000_000", ""),
    "an import cycle of a type": ("type T struct { t T }", "invalid recursive type"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_cells_are_explained(nb, name):
    code, says = WRONG[name]
    start = time.monotonic()
    text = nb.run(code).explanation()
    assert says in text, text[:2000]
    assert text.strip() and len(text) < 20_000, "%d characters: %s" % (len(text), text[:500])
    assert "runtime." not in text and "github.com/gosched" not in text, text[:2000]
    assert time.monotonic() - start < 20
    assert nb.ok("1 + 1").value == "2"


RIGHT = {
    "a megabyte of text": ('x := "' + "a" * MEGABYTE + '"\nlen(x)', str(MEGABYTE)),
    "a megabyte of comment": ("// " + "a" * MEGABYTE + "\n7", "7"),
    "a megabyte of statements": ("n := 0\n" + "n += 1\n" * (MEGABYTE // 7) + "n", str(MEGABYTE // 7)),
    "a megabyte of newlines": ("\n" * MEGABYTE + "8", "8"),
    "a megabyte of declarations": (
        "\n".join("func f%d(a, b int) int { return a*%d + b }" % (i, i) for i in range(20_000)) + "\nf19999(1, 1)", "20000"),
    "10,000 nested parentheses": ("x := " + "(" * 10_000 + "1" + ")" * 10_000 + "\nx", "1"),
    "10,000 nested blocks": ("{" * 10_000 + "}" * 10_000 + "\n2", "2"),
    "1,000 nested functions": (
        "n := 0\n" + "func() {\n" * 1_000 + "n++\n" + "}()\n" * 1_000 + "n", "1"),
    "a long sum": ("x := 1" + " + 1" * 5_000 + "\nx", "5001"),
    "words of many languages": ('größe, 世界 := "naïve 🌍", 2\nfmt.Sprint(größe, 世界)', '"naïve 🌍2"'),
    "carriage returns": ("a := 1\r\nb := 2\r\na + b\r\n", "3"),
    "a byte order mark": ("\ufeff5", "5"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_large_and_odd_cells_run(nb, name):
    code, value = RIGHT[name]
    assert nb.ok(code, timeout=60).value == value
    assert nb.ok("1 + 1").value == "2"


def send_raw(nb, content):
    """Sends an execute_request whose content is these bytes, rightly signed."""
    session = nb.client.session
    frames = session.serialize(session.msg("execute_request", {}))
    head, parts = frames[:frames.index(DELIM) + 1], frames[frames.index(DELIM) + 2:]
    parts[3] = content
    nb.client.shell_channel.socket.send_multipart(head + [session.sign(parts)] + parts)


@pytest.mark.parametrize("content", [
    b'{"code": "x := \xff\xfe", "silent": false}',
    b'{"code": "s := \\"\\ud800\\"", "silent": false}',
    b'{"code": 5}',
    b'{"silent": false}',
    b'[]',
    b'null',
    b'{"code": "1"',
    b'{"code": "1", "user_expressions": [1]}',
    b'\x00' * 100,
    b'[' * 100_000,
])
def test_wrong_messages_cost_nothing(nb, content):
    send_raw(nb, content)
    nb.pump(0.2)
    assert nb.ok("1 + 1").value == "2"


def test_wrong_signature_and_frames(nb):
    context = zmq.Context()
    sock = context.socket(zmq.DEALER)
    sock.linger = 0
    sock.connect("tcp://127.0.0.1:%d" % nb.client.shell_port)
    session = nb.client.session
    frames = session.serialize(session.msg("execute_request", {"code": "signed := 0"}))
    at = frames.index(DELIM) + 1
    sock.send_multipart(frames[:at] + [b"0" * 64] + frames[at + 1:])
    sock.send_multipart([b"nonsense"])
    sock.send_multipart([DELIM])
    sock.send_multipart([b""] * 50)
    assert not sock.poll(300), sock.recv_multipart()
    context.destroy(linger=0)
    assert "undefined: signed" in nb.run("signed").explanation()


def test_peers_that_say_nothing_or_nonsense(nb):
    """They hold up neither each other nor those who come later."""
    socks = []
    for port in nb.client.shell_port, nb.client.iopub_port, nb.client.control_port, nb.client.hb_port:
        for data in b"", b"GET / HTTP/1.1\r\n\r\n", os.urandom(4096), b"\xff\0\0\0\0\0\0\0\x01\x7f":
            s = socket.create_connection(("127.0.0.1", port))
            s.sendall(data)
            socks.append(s)
    client = nb.manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=10)
    client.stop_channels()
    assert nb.ok("1 + 1").value == "2"
    for s in socks:
        s.close()


def test_endless_output_and_a_front_end_that_does_not_read():
    """Memory stays bounded, and interrupt works."""
    with Notebook() as nb:
        context = zmq.Context()
        stuck = context.socket(zmq.SUB)
        stuck.linger = 0
        stuck.rcvhwm = 1
        stuck.setsockopt(zmq.RCVBUF, 4096)
        stuck.subscribe(b"")
        stuck.connect("tcp://127.0.0.1:%d" % nb.client.iopub_port)
        assert stuck.poll(5000)
        # Nobody else reads iopub now.
        nb.client.iopub_channel.socket.disconnect("tcp://127.0.0.1:%d" % nb.client.iopub_port)
        cell = nb.start('for i := 0; ; i++ { fmt.Println("on and on and on and on and on and on", i) }')
        kernel, worker = nb.processes()
        peak = 0
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            peak = max(peak, kernel.memory_info().rss + worker.memory_info().rss)
            time.sleep(0.05)
        assert peak < 300 << 20, "%d MB" % (peak >> 20)
        assert nb.control("kernel_info_request")["status"] == "ok"
        nb.interrupt()
        nb.until(lambda: cell.reply is not None, 10, "the reply to the interrupted cell")
        assert cell.reply["ename"] == "interrupted"
        nb.client.iopub_channel.socket.connect("tcp://127.0.0.1:%d" % nb.client.iopub_port)
        nb.pump(0.5)
        assert nb.ok("1 + 1").value == "2"
        context.destroy(linger=0)


def test_endless_output_of_a_goroutine_and_a_reader_that_reads():
    with Notebook() as nb:
        cell = nb.start('go func() { for i := 0; ; i++ { fmt.Println("on and on", i) } }()')
        kernel, worker = nb.processes()
        nb.until(lambda: len(cell.text()) > 20 * MEGABYTE, what="20 MB of output")
        assert kernel.memory_info().rss + worker.memory_info().rss < 300 << 20
        assert nb.ok("%kill all").status == "ok"
        assert nb.ok("1 + 1").value == "2"


# --- a kernel that cannot start


def connection(tmp_path, **fields):
    ports = []
    socks = [socket.socket() for _ in range(5)]
    for s in socks:
        s.bind(("127.0.0.1", 0))
        ports.append(s.getsockname()[1])
    for s in socks:
        s.close()
    info = {"transport": "tcp", "ip": "127.0.0.1", "key": uuid.uuid4().hex, "signature_scheme": "hmac-sha256",
            "shell_port": ports[0], "iopub_port": ports[1], "stdin_port": ports[2],
            "control_port": ports[3], "hb_port": ports[4], **fields}
    file = tmp_path / "connection.json"
    file.write_text(json.dumps({k: v for k, v in info.items() if v is not ...}))
    return file, info


def refused(file):
    """Starts a kernel that must end; returns what it says."""
    result = subprocess.run([os.environ["GOSCHED_TEST_BIN"], "kernel", str(file)], capture_output=True, text=True, timeout=20)
    assert result.returncode != 0
    assert "goroutine " not in result.stderr and "panic" not in result.stderr, result.stderr
    return result.stderr


@pytest.mark.parametrize("fields, says", [
    ({"shell_port": ...}, "shell_port"),
    ({"key": ...}, "key"),
    ({"ip": ...}, "ip"),
    ({"ip": "not an address"}, "not an address"),
    ({"ip": "192.0.2.1"}, "192.0.2.1"),
    ({"hb_port": 70000}, "hb_port"),
    ({"control_port": "many"}, "control_port"),
    ({"transport": "pigeon"}, "transport"),
    ({"signature_scheme": "hmac-md5"}, "signature_scheme"),
])
def test_wrong_connection_files_are_explained(tmp_path, fields, says):
    file, _ = connection(tmp_path, **fields)
    message = refused(file)
    assert says in message, message


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"{}"])
def test_files_that_are_no_connection_files(tmp_path, content):
    file = tmp_path / "connection.json"
    file.write_bytes(content)
    assert "connection.json" in refused(file)


def test_no_connection_file(tmp_path):
    assert "absent.json" in refused(tmp_path / "absent.json")


def test_port_already_taken(tmp_path):
    file, info = connection(tmp_path)
    with socket.socket() as s:
        s.bind(("127.0.0.1", info["iopub_port"]))
        s.listen()
        message = refused(file)
    assert str(info["iopub_port"]) in message and "in use" in message, message
    # Nothing of it is left.
    me = psutil.Process()
    assert not [c for c in me.children(recursive=True) if str(file) in " ".join(c.cmdline())]
