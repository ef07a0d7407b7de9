"""Jupyter's own kernel tests, and what libzmq does that they do not cover,
against a kernel whose cells are scripts (see helper_test.go)."""

import json
import os
import sys
import unittest

import jupyter_kernel_test
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session

SPEC = "scripted"


class Kernel(jupyter_kernel_test.KernelTests):
    kernel_name = SPEC
    language_name = "go"
    file_extension = ".go"
    code_hello_world = "print hello, world"
    code_stderr = "err oh"
    completion_samples = [{"text": "fmt.Print", "matches": {"Println"}}]
    complete_code_samples = ["x"]
    incomplete_code_samples = ["if x {"]
    code_generate_error = "fail oh"
    code_execute_result = [{"code": "value 6", "result": "6"}, {"code": "value 7", "result": "7"}]
    code_display_data = [{"code": "show x", "mime": "text/plain"}]
    code_history_pattern = "value 6"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt"
    code_clear_output = "clear"


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = SPEC
    support_iopub_welcome = True


class Real(unittest.TestCase):
    def setUp(self):
        self.km = KernelManager(kernel_name=SPEC)
        self.km.start_kernel()
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=10)

    def tearDown(self):
        self.kc.stop_channels()
        self.km.shutdown_kernel()

    def test_heartbeat_of_jupyter(self):
        self.assertTrue(self.kc.is_alive())
        self.assertTrue(self.kc.hb_channel.is_beating())

    def test_zmtp_heartbeats(self):
        """Sockets with libzmq's heartbeat stay connected while they idle."""
        ctx = zmq.Context.instance()
        sub = ctx.socket(zmq.SUB)
        for option, value in ((zmq.HEARTBEAT_IVL, 100), (zmq.HEARTBEAT_TIMEOUT, 300), (zmq.LINGER, 0)):
            sub.setsockopt(option, value)
        monitor = sub.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        sub.connect("tcp://127.0.0.1:%d" % self.kc.iopub_port)
        sub.subscribe(b"")
        self.assertTrue(sub.poll(5000), "no iopub_welcome")
        self.assertFalse(monitor.poll(1500), "disconnected while idle")
        sub.disable_monitor()
        monitor.close()
        sub.close()

    def test_flood(self):
        self.text = []
        reply = self.kc.execute_interactive("flood 100000", timeout=30, output_hook=self.gather)
        self.assertEqual(reply["content"]["status"], "ok")
        self.assertEqual("".join(self.text), "".join("line %d\n" % i for i in range(100000)))
        self.assertLess(len(self.text), 2000)

    def gather(self, msg):
        if msg["msg_type"] == "stream":
            self.text.append(msg["content"]["text"])

    def test_reconnect(self):
        """A client that comes back under its session id gets its replies."""
        session = Session(key=self.km.session.key)
        for _ in range(3):
            kc = BlockingKernelClient(session=session)
            kc.load_connection_info(self.km.get_connection_info())
            kc.start_channels()
            kc.wait_for_ready(timeout=10)
            kc.execute_interactive("print x", timeout=10)
            kc.stop_channels()

    def test_input(self):
        self.text = []
        self.kc.execute_interactive(
            "ask name", timeout=10, output_hook=self.gather, stdin_hook=lambda _: self.kc.input("Zoë"))
        self.assertEqual("".join(self.text), "Zoë\n")

    def test_interrupt(self):
        msg_id = self.kc.execute("print on\nblock")
        while self.kc.get_iopub_msg(timeout=10)["msg_type"] != "stream":
            pass
        self.km.interrupt_kernel()
        while True:
            reply = self.kc.get_shell_msg(timeout=10)
            if reply["parent_header"]["msg_id"] == msg_id:
                break
        self.assertEqual(reply["content"]["ename"], "interrupted")

    def test_restart(self):
        self.km.restart_kernel()
        self.kc.wait_for_ready(timeout=10)
        self.assertEqual(self.kc.execute_interactive("print x", timeout=10)["content"]["execution_count"], 1)

    def test_restart_while_a_cell_runs(self):
        self.kc.execute("block")
        self.km.restart_kernel()
        self.kc.wait_for_ready(timeout=10)


class OverIPC(unittest.TestCase):
    def test_execute(self):
        km = KernelManager(kernel_name=SPEC, transport="ipc")
        km.start_kernel()
        kc = km.client()
        kc.start_channels()
        try:
            kc.wait_for_ready(timeout=10)
            self.assertEqual(kc.execute_interactive("print x", timeout=10)["content"]["status"], "ok")
        finally:
            kc.stop_channels()
            km.shutdown_kernel()


def install(binary):
    """Writes the kernelspec into JUPYTER_DATA_DIR."""
    folder = os.path.join(os.environ["JUPYTER_DATA_DIR"], "kernels", SPEC)
    os.makedirs(folder)
    with open(os.path.join(folder, "kernel.json"), "w") as f:
        json.dump({
            "argv": [binary, "{connection_file}"], "display_name": SPEC, "language": "go",
            "interrupt_mode": "message", "env": {"GOSCHED_SCRIPTED_KERNEL": "1"},
        }, f)


if __name__ == "__main__":
    install(sys.argv.pop(1))
    unittest.main(verbosity=2)
