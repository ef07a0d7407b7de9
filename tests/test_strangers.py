"""Another account on the same machine, which has no key, against a kernel that
Jupyter's own client has started: over TCP, over TCP with CURVE, and over Unix
sockets. It gets nothing, and costs nobody anything."""

import contextlib
import encodings.idna  # noqa: F401, another account may not be able to import it later
import multiprocessing
import os
import socket
import time
import uuid

import psutil
import pytest
import zmq
from jupyter_client import BlockingKernelClient, KernelManager

from notebook import KERNEL

NOBODY = 65534
MEGABYTE = 1 << 20
CHANNELS = ["shell", "iopub", "stdin", "hb", "control"]
PATIENCE = 60  # seconds, on a machine that has other things to do

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")


@contextlib.contextmanager
def kernel(folder, **settings):
    """A kernel and a client of it, in a folder that is its owner's alone."""
    folder.chmod(0o700)
    manager = KernelManager(kernel_name=KERNEL, connection_file=str(folder / f"{uuid.uuid4().hex[:8]}.json"), **settings)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client, code, **options):
    """Runs a cell and returns what it prints."""
    printed = []
    reply = client.execute_interactive(
        code, timeout=PATIENCE, output_hook=lambda m: printed.append(m["content"].get("text", "")), **options)  # fmt: skip
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(printed)


def addresses(manager):
    info = manager.get_connection_info()
    form = "tcp://{}:{}" if info["transport"] == "tcp" else "ipc://{}-{}"
    return {channel: form.format(info["ip"], info[channel + "_port"]) for channel in CHANNELS}


class Stranger:
    """A process of another account that does something and tells how it went."""

    def __init__(self, what, *args):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(target=self.run, args=(theirs, what, args), daemon=True)
        self.process.start()

    @staticmethod
    def run(pipe, what, args):
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        try:
            what(pipe, zmq.Context(), *args)
        except BaseException as e:
            pipe.send(repr(e))

    def says(self):
        assert self.pipe.poll(PATIENCE), "nothing is said"
        return self.pipe.recv()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()


def listen(pipe, context, where, identity, keys=None):
    """Connects to all channels, under the client's identity, says whatever it
    can say, and tells how much it has read when it is asked."""
    peers = {}
    for channel, address in where.items():
        peers[channel] = peer = context.socket(zmq.SUB if channel == "iopub" else zmq.DEALER)
        if keys:
            peer.curve_publickey, peer.curve_secretkey = zmq.curve_keypair()
            peer.curve_serverkey = keys
        if channel == "iopub":
            peer.subscribe(b"")
        else:
            peer.identity = identity
        peer.connect(address)
    for channel in ["shell", "control", "stdin"]:
        header = b'{"msg_id":"x","msg_type":"execute_request"}'
        peers[channel].send_multipart([b"<IDS|MSG>", b"0" * 64, header, b"{}", b"{}", b"{}"], zmq.DONTWAIT)
    pipe.send("there")
    pipe.recv()
    read = []
    for peer in peers.values():
        while peer.poll(500):
            read.append(b" ".join(peer.recv_multipart()))
    pipe.send(read)


SETTINGS = {
    "tcp": {},
    "curve": {"transport_encryption": "required"},
    "ipc": {"transport": "ipc"},
    "ipc, curve": {"transport": "ipc", "transport_encryption": "required"},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_contract16_jupyter_client(name, tmp_path):
    """Jupyter's client over every transport: output, heartbeat, input,
    interrupt, a large message, restart."""
    with kernel(tmp_path, **SETTINGS[name]) as (manager, client):
        info = manager.get_connection_info()
        assert ("curve_publickey" in info) == ("curve" in name)
        assert run(client, 'fmt.Println("hi")') == "hi\n"
        big = run(client, 's := strings.Repeat("x", 1<<20)\nfor range 20 {\n\tfmt.Println(s)\n}')
        assert len(big) == 20 * (MEGABYTE + 1)
        assert run(client, "len(`%s`)" % ("y" * 5 * MEGABYTE)) == ""
        asked = []
        client.allow_stdin = True
        answered = run(client, 'var name string\nfmt.Scanln(&name)\nfmt.Println("hello", name)', allow_stdin=True,
                       stdin_hook=lambda m: asked.append(m) or client.input("ada"))  # fmt: skip
        assert answered == "hello ada\n" and len(asked) == 1
        client.execute("for {\n}", stop_on_error=False)
        time.sleep(0.2)
        manager.interrupt_kernel()
        assert run(client, 'fmt.Println("still here")') == "still here\n"
        end = time.monotonic() + PATIENCE
        while not client.hb_channel.is_beating() and time.monotonic() < end:
            time.sleep(0.1)
        assert client.hb_channel.is_beating()
        manager.restart_kernel()
        client.wait_for_ready(timeout=PATIENCE)
        assert run(client, 'fmt.Println("again")') == "again\n"


@as_root
@pytest.mark.parametrize("name", SETTINGS)
def test_contract17_another_account_gets_nothing(name, tmp_path):
    """It tries every port and every file."""
    # Any account may go as far as the folder itself, but not into it.
    for folder in [tmp_path, *tmp_path.parents][1:]:
        if folder.is_relative_to("/tmp") and str(folder) != "/tmp":
            folder.chmod(0o755)
    with kernel(tmp_path, **SETTINGS[name]) as (manager, client):
        identity = client.session.bsession

        def read_files(pipe, context):
            seen = []
            for file in [manager.connection_file, *(f"{manager.ip}-{n}" for n in range(1, 6))]:
                with contextlib.suppress(PermissionError, FileNotFoundError):
                    seen.append((file, os.stat(file), open(file).read()))  # noqa: SIM115
            pipe.send(seen)

        with Stranger(read_files) as stranger:
            assert stranger.says() == []
        keys = zmq.curve_keypair()[0] if "curve" in name else None  # guessed
        with Stranger(listen, addresses(manager), identity, keys) as stranger:
            assert stranger.says() == "there"
            time.sleep(0.5)
            secret = uuid.uuid4().hex
            assert secret in run(client, f'fmt.Println("{secret}")')
            asked = []
            client.allow_stdin = True
            printed = run(client, 'var word string\nfmt.Print("prompt:")\nfmt.Scanln(&word)\nfmt.Println(word)', allow_stdin=True,
                          stdin_hook=lambda m: asked.append(m) or client.input(secret))  # fmt: skip
            assert secret in printed and len(asked) == 1
            stranger.pipe.send("now")
            read = stranger.says()
            told = b"\n".join(read)
            assert secret.encode() not in told and b"prompt" not in told and b"execute" not in told, told
            # On plain TCP there is a greeting, with nothing in it.
            assert len(read) <= (1 if name == "tcp" else 0) and all(b"iopub_welcome" in m for m in read), read


def beat(pipe, context, where, how_many):
    """Sends heartbeats of a megabyte, and half messages, and reads nothing."""
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48)
    hello = b"\x04" + bytes([41]) + b"\x05READY" + b"\x0bSocket-Type\x00\x00\x00\x06DEALER" + b"\x08Identity\x00\x00\x00\x00"
    hello = b"\x04" + bytes([len(hello) - 2]) + hello[2:]
    sockets = []
    for channel in ["hb", "shell"]:
        host, port = where[channel].removeprefix("tcp://").split(":")
        for _ in range(how_many):
            c = socket.create_connection((host, int(port)))
            c.settimeout(1)
            with contextlib.suppress(OSError):
                c.sendall(greeting + hello)
                if channel == "hb":
                    for _ in range(56 * 256):  # 56 MB
                        c.sendall(b"\x02" + (4000).to_bytes(8, "big") + bytes(4000))
                else:
                    c.sendall(b"\x02" + (39 * MEGABYTE).to_bytes(8, "big") + bytes(38 * MEGABYTE))
            sockets.append(c)
    pipe.send("sent")
    pipe.recv()


@as_root
def test_contract17_another_account_takes_no_memory(tmp_path):
    with kernel(tmp_path) as (manager, client):
        supervisor = psutil.Process(manager.provisioner.process.pid)
        run(client, 'fmt.Println("warm")')
        before = supervisor.memory_info().rss
        most = before
        with Stranger(beat, addresses(manager), 20) as stranger:
            while not stranger.pipe.poll(0.01):
                most = max(most, supervisor.memory_info().rss)
            assert stranger.says() == "sent"
            assert run(client, 'fmt.Println("still here")') == "still here\n"
            most = max(most, supervisor.memory_info().rss)
        assert most - before < 160 * MEGABYTE, f"{(most - before) / MEGABYTE:.0f} MB more"
        end = time.monotonic() + 20
        while (after := supervisor.memory_info().rss) - before > 30 * MEGABYTE and time.monotonic() < end:
            time.sleep(0.2)
        assert after - before <= 30 * MEGABYTE, f"{(after - before) / MEGABYTE:.0f} MB are kept"


def crowd(pipe, context, where, how_many):
    """Takes places: how_many peers on shell and as many on iopub, which read
    nothing."""
    sockets = []
    context.set(zmq.MAX_SOCKETS, 4 * how_many)
    for channel, kind in [("shell", zmq.DEALER), ("iopub", zmq.SUB)]:
        for _ in range(how_many):
            peer = context.socket(kind)
            if kind == zmq.SUB:
                peer.subscribe(b"")
            peer.connect(where[channel])
            sockets.append(peer)
    time.sleep(2)
    pipe.send("there")
    pipe.recv()


@as_root
def test_contract17_another_account_takes_no_place(tmp_path):
    """300 peers of it: a new front end is answered."""
    with kernel(tmp_path) as (manager, client), Stranger(crowd, addresses(manager), 300) as stranger:
        assert stranger.says() == "there"
        other = BlockingKernelClient(connection_file=manager.connection_file)
        other.load_connection_file()
        other.start_channels()
        try:
            other.wait_for_ready(timeout=PATIENCE)
            assert run(other, 'fmt.Println("in")') == "in\n"
        finally:
            other.stop_channels()
        assert run(client, 'fmt.Println("still here")') == "still here\n"
