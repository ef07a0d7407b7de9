"""Widgets, by the protocol: what a page is told, and what it tells."""

import ipywidgets
import pytest

from notebook import Notebook

VIEW = "application/vnd.jupyter.widget-view+json"


class Page(Notebook):
    """Keeps the states of widgets as a page does."""

    def __init__(self):
        super().__init__()
        self.states = {}
        self.metadata = {}
        self.closed = set()
        self.echoes = []

    def took_output(self, msg):
        super().took_output(msg)
        if not msg["msg_type"].startswith("comm_"):
            return
        content = msg["content"]
        data = content.get("data", {})
        if msg["msg_type"] == "comm_open":
            assert content["target_name"] == "jupyter.widget"
            self.states[content["comm_id"]] = data["state"]
            self.metadata[content["comm_id"]] = msg["metadata"]
        elif msg["msg_type"] == "comm_close":
            self.closed.add(content["comm_id"])
        elif data.get("method") in ("update", "echo_update"):
            self.states[content["comm_id"]].update(data["state"])
            if data["method"] == "echo_update":
                self.echoes.append((msg["parent_header"]["msg_id"], data["state"]))

    def model(self, name):
        found = [i for i, s in self.states.items() if s["_model_name"] == name]
        assert len(found) == 1, (name, found)
        return found[0]

    def drag(self, comm_id, value):
        return self.comm(comm_id, {"method": "update", "state": {"value": value}, "buffer_paths": []})


@pytest.fixture
def page():
    with Page() as p:
        yield p


def theirs():
    """The states of ipywidgets' own widgets."""
    w = ipywidgets
    play, slider = w.Play(), w.IntSlider()
    widgets = [slider, w.FloatSlider(), w.FloatText(), w.Text(), w.Textarea(), w.Checkbox(), w.Dropdown(options=["a"]), play,
               w.Button(), w.FloatProgress(), w.Label(), w.Output(), w.HBox(), w.VBox(), w.jslink((play, "value"), (slider, "value"))]
    parts = [getattr(x, name) for x in widgets for name in ("layout", "style") if hasattr(x, name)]
    return {x.get_state()["_model_name"]: x.get_state() for x in widgets + parts}


EVERY = """
s, p := widgets.NewIntSlider("s", 0, 10, 5), widgets.NewPlay(0, 10, time.Second)
widgets.Link(p, s)
widgets.VBox(widgets.HBox(s, p), widgets.NewFloatSlider("f", 0, 1, 0.5), widgets.NewNumber("n", 1), widgets.NewText("t", ""),
	widgets.NewTextArea("a", ""), widgets.NewCheckbox("c", false), widgets.NewDropdown("d", "x", "y"), widgets.NewButton("b"),
	widgets.NewProgress("p", 1), widgets.NewLabel("l"), widgets.NewOutput())
"""


def test_models_are_those_of_ipywidgets(page):
    cell = page.ok(EVERY)
    kinds = theirs()
    for comm_id, state in page.states.items():
        assert page.metadata[comm_id] == {"version": "2.1.0"} == {"version": ipywidgets.widgets.widget.__protocol_version__}
        known = kinds.pop(state["_model_name"], None) or theirs()[state["_model_name"]]
        assert set(state) <= set(known), state["_model_name"]
        for name, value in state.items():
            if name.startswith("_") and name != "_options_labels":
                assert value == known[name], (state["_model_name"], name)
            elif known[name] is not None and value is not None:
                assert isinstance(value, type(known[name])) or {type(value), type(known[name])} <= {int, float, list, tuple}, (state["_model_name"], name)
    # Number is a plain field, whose style is another's.
    assert not set(kinds) - {"DescriptionStyleModel"}, "ipywidgets has these, and no cell made them"
    references = [v for s in page.states.values() for k, v in s.items() if k in ("layout", "style")]
    assert references and all(r.removeprefix("IPY_MODEL_") in page.states for r in references)
    # They were there before what shows them.
    kinds = [m["msg_type"] for m in cell.outputs]
    assert kinds == ["comm_open"] * len(page.states) + ["execute_result"]
    view = cell.outputs[-1]["content"]["data"]
    assert view[VIEW] == {"version_major": 2, "version_minor": 0, "model_id": page.model("VBoxModel")}
    assert view["text/plain"].startswith("slider s: 5\nplayer: 0\nslider f: 0.5")


def test_contract12_a_running_cell_hears_each_value(page):
    page.ok('s := widgets.NewIntSlider("n", 0, 100, 0)\ns')
    slider = page.model("IntSliderModel")
    cell = page.start('done := make(chan bool)\ngo func() {\n\tfor v := range s.Values() {\n\t\tfmt.Println("value", v)\n'
                      '\t\tif v == 20 {\n\t\t\tclose(done)\n\t\t\treturn\n\t\t}\n\t}\n}()\nfmt.Println("ready")\n<-done')
    page.until(lambda: "ready" in cell.text(), what="the cell")
    for v in range(1, 21):
        sent = page.drag(slider, v)
        page.until(lambda: "value %d\n" % v in cell.text(), 5, "value %d while the cell runs" % v)
        page.until(lambda: (sent, {"value": v}) in page.echoes, 5, "the echo of value %d" % v)
    page.wait(cell)
    assert cell.status == "ok"


def test_contract12_waiting_for_a_click_is_no_deadlock(page):
    page.ok('b := widgets.NewButton("go")\nb')
    cell = page.start("<-b.Clicks()\nfmt.Println(\"clicked\")")
    page.pump(1.5)
    assert cell.reply is None
    page.comm(page.model("ButtonModel"), {"method": "custom", "content": {"event": "click"}})
    page.wait(cell, 10)
    assert cell.text() == "clicked\n"
    cell = page.start("<-b.Clicks()")
    page.pump(0.5)
    page.interrupt()
    assert page.wait(cell, 10).reply["ename"] == "interrupted"


def test_a_page_that_is_loaded_again_finds_them(page):
    page.ok('s := widgets.NewIntSlider("n", 0, 100, 7)\ns')
    page.comm("control", {}, "comm_open", {"version": "1.0.0"}, target_name="jupyter.widget.control")
    page.comm("control", {"method": "request_states"})

    def states():
        return [m["content"]["data"]["states"] for m in page.comms if m["content"]["comm_id"] == "control"]
    page.until(states, 10, "the states")
    slider = page.model("IntSliderModel")
    assert states()[0][slider]["state"]["value"] == 7
    assert states()[0][slider]["model_module"] == "@jupyter-widgets/controls"
    page.client.comm_info("jupyter.widget")
    page.until(lambda: page.replies, 10, "comm_info")
    assert set(page.replies.popitem()[1]["content"]["comms"]) == set(page.states)


def test_close_and_a_lost_session(page):
    page.ok('s := widgets.NewIntSlider("n", 0, 100, 7)\nt := widgets.NewIntSlider("n", 0, 100, 7)\nv := s.Values()')
    first = len(page.states) // 2
    page.ok("s.Close()")
    page.until(lambda: len(page.closed) == first, 10, "the end of the slider")
    assert page.ok("_, open := <-v\nopen").value == "false"
    lost = page.run("var f func(int) int\nf = func(n int) int { return f(n+1) + 1 }\nf(0)")
    assert lost.status == "error"
    page.until(lambda: page.closed == set(page.states), 10, "the end of all")
    page.drag(sorted(page.states)[0], 3)  # of a session that is no more
    assert page.ok("1 + 1").value == "2"


def test_a_loop_that_sets_values_is_no_flood(page):
    page.ok('p := widgets.NewProgress("p", 100000)\np')
    page.ok("for i := range 100_001 {\n\tp.Set(float64(i))\n}")
    bar = page.model("FloatProgressModel")
    page.until(lambda: page.states[bar]["value"] == 100_000, 10, "the last value")
    assert len([m for m in page.comms if m["msg_type"] == "comm_msg"]) < 300


def test_a_change_is_a_message_of_the_cell_that_makes_it(page):
    page.ok('s := widgets.NewIntSlider("n", 0, 100, 7)\ns')
    cell = page.ok("for i := range 50 {\n\ts.Set(i)\n}")
    updates = [m["content"]["data"]["state"]["value"] for m in cell.outputs if m["msg_type"] == "comm_msg"]
    assert updates[-1] == 49, "the last change comes before the end of the cell"
