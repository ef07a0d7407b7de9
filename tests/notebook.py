"""A front end for tests, on jupyter_client's own blocking client."""

import queue
import re
import time

import psutil
from jupyter_client.manager import KernelManager

KERNEL = "gosched"
PATIENCE = 60  # seconds; a cell that takes as long hangs


class Cell:
    """One execution: what came back for it so far."""

    def __init__(self, code):
        self.code = code
        self.reply = None
        self.idle = False
        self.outputs = []  # iopub messages but status and execute_input
        self.arrived = []  # when each of them did
        self.replied = None  # when the reply did

    def text(self, name="stdout"):
        return "".join(m["content"]["text"] for m in self.outputs
                       if m["msg_type"] == "stream" and m["content"]["name"] == name)

    @property
    def status(self):
        return self.reply["status"]

    @property
    def value(self):
        """The result's plain text."""
        for m in self.outputs:
            if m["msg_type"] == "execute_result":
                return m["content"]["data"]["text/plain"]
        return None

    @property
    def errors(self):
        return [m["content"] for m in self.outputs if m["msg_type"] == "error"]

    def explanation(self):
        """The error that a person sees, without colours. There is exactly one."""
        assert self.status == "error", "%s\nends with %s" % (self.code[:200], self.reply)
        assert len(self.errors) == 1, self.errors
        assert self.errors[0]["ename"] == self.reply["ename"]
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(self.errors[0]["traceback"]))


class Notebook:
    def __init__(self, **start):
        self.manager = KernelManager(kernel_name=KERNEL)
        self.manager.start_kernel(**start)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.cells = {}
        self.answer = None  # what answers input(): prompt -> text, or None for no answer
        self.replies = {}  # replies to other requests
        self.comms = []  # iopub messages of comms, whatever they belong to

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- running cells

    def start(self, code, subshell=None, **options):
        """Sends a cell and does not wait for it."""
        session = self.client.session
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
                   "allow_stdin": self.answer is not None, "stop_on_error": True, **options}
        # A front end names its cell, and shows what comes late under it.
        msg = session.msg("execute_request", content, metadata={"cellId": str(len(self.cells))})
        if subshell is not None:
            msg["header"]["subshell_id"] = subshell
        cell = self.cells[msg["header"]["msg_id"]] = Cell(code)
        self.client.shell_channel.send(msg)
        return cell

    def wait(self, cell, timeout=PATIENCE):
        def ended():
            return cell.reply is not None and cell.idle

        try:
            self.until(ended, timeout, "the end of " + cell.code[:200])
        except AssertionError:
            if not ended():  # let other tests have the session
                self.interrupt()
                self.until(ended, 10, "the end of an interrupted cell")
            raise
        return cell

    def run(self, code, timeout=PATIENCE, **options):
        return self.wait(self.start(code, **options), timeout)

    def ok(self, code, **options):
        """Runs a cell that must succeed."""
        cell = self.run(code, **options)
        assert cell.status == "ok", "%s\n%s" % (code[:200], cell.explanation()[:2000])
        return cell

    def until(self, condition, timeout=PATIENCE, what="condition"):
        """Reads messages until the condition holds."""
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, "waited %.0f s for: %s" % (timeout, what)
            self.pump(0.02)

    def pump(self, timeout):
        """Reads what is there, waiting for it at most so long."""
        channels = [(self.client.shell_channel, self.took_reply), (self.client.iopub_channel, self.took_output),
                    (self.client.control_channel, self.took_reply)]
        if self.answer is not None:
            channels.append((self.client.stdin_channel, self.took_question))
        deadline = time.monotonic() + timeout
        while True:
            found = False
            for channel, take in channels:
                try:
                    take(channel.get_msg(timeout=0))
                    found = True
                except queue.Empty:
                    pass
            if not found:
                if time.monotonic() >= deadline:
                    return
                time.sleep(0.001)

    def took_reply(self, msg):
        cell = self.cells.get(msg["parent_header"].get("msg_id"))
        if cell is None:
            self.replies[msg["parent_header"].get("msg_id")] = msg
            return
        assert cell.reply is None, "two replies"
        cell.reply, cell.replied = msg["content"], time.monotonic()

    def took_output(self, msg):
        if msg["msg_type"].startswith("comm_"):
            self.comms.append(msg)
        cell = self.cells.get(msg["parent_header"].get("msg_id"))
        if cell is None:
            return
        if msg["msg_type"] == "status":
            cell.idle = cell.idle or msg["content"]["execution_state"] == "idle"
        elif msg["msg_type"] != "execute_input":
            cell.outputs.append(msg)
            cell.arrived.append(time.monotonic())

    def took_question(self, msg):
        text = self.answer(msg["content"]["prompt"])
        if text is not None:
            self.client.input(text)

    # --- other requests

    def control(self, msg_type, content=None):
        msg = self.client.session.msg(msg_type, content or {})
        self.client.control_channel.send(msg)
        msg_id = msg["header"]["msg_id"]
        self.until(lambda: msg_id in self.replies, what=msg_type)
        return self.replies.pop(msg_id)["content"]

    def shell(self, msg_type, content):
        msg = self.client.session.msg(msg_type, content)
        self.client.shell_channel.send(msg)
        msg_id = msg["header"]["msg_id"]
        self.until(lambda: msg_id in self.replies, what=msg_type)
        return self.replies.pop(msg_id)["content"]

    def comm(self, comm_id, data, msg_type="comm_msg", metadata=None, **content):
        """Sends a message of a comm, as a page does; returns its id."""
        msg = self.client.session.msg(msg_type, {"comm_id": comm_id, "data": data, **content}, metadata=metadata)
        self.client.shell_channel.send(msg)
        return msg["header"]["msg_id"]

    def interrupt(self):
        self.manager.interrupt_kernel()

    def processes(self):
        """The kernel and its worker."""
        kernel = psutil.Process(self.manager.provisioner.process.pid)
        workers = kernel.children()
        assert len(workers) == 1, workers
        return kernel, workers[0]
