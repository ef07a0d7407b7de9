"""Widgets in JupyterLab, drawn by the stock ipywidgets front end."""


def drag(page, handle, distance, steps=10):
    """Drags something to the right, as a hand does."""
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    for i in range(1, steps + 1):
        page.page.mouse.move(x + distance * i / steps, y)
        page.page.wait_for_timeout(60)
    page.page.mouse.up()


def values(page, n, word="value"):
    return [int(line.split()[1]) for line in page.text(n).splitlines() if line.startswith(word)]


def test_a_running_cell_sees_a_slider_move(open_notebook):
    page = open_notebook(
        'speed := widgets.NewIntSlider("speed", 0, 100, 10)\nspeed',
        'done := make(chan bool)\ngo func() {\n\tfor v := range speed.Values() {\n\t\tfmt.Println("value", v)\n'
        '\t\tif v > 50 {\n\t\t\tclose(done)\n\t\t\treturn\n\t\t}\n\t}\n}()\n<-done\nfmt.Println("enough")',
        "speed.Set(33)\nspeed.Value()")
    page.run(0)
    page.ended(0)
    slider = page.cell(0).locator(".widget-slider")
    slider.wait_for()
    page.run(1)
    page.until(lambda: page.prompt(1) == "[*]:", "the second cell")
    drag(page, slider.locator(".noUi-handle"), 40, steps=6)
    page.until(lambda: len(values(page, 1)) >= 2, "values while the cell runs")
    assert page.prompt(1) == "[*]:"
    page.screenshot("half-way")
    drag(page, slider.locator(".noUi-handle"), 120, steps=12)
    page.ended(1)
    seen = values(page, 1)
    assert seen == sorted(seen) and seen[-1] > 50 and len(seen) >= 4, seen
    page.run(2)
    page.ended(2)
    assert page.text(2).strip() == "33"
    page.until(lambda: slider.locator(".widget-readout").inner_text() == "33", "the slider at what the program has set")
    page.screenshot("end")


def test_every_widget_is_drawn(open_notebook):
    page = open_notebook(
        'b := widgets.NewButton("count")\nn := widgets.NewLabel("no clicks")\np := widgets.NewProgress("done", 3)\nout := widgets.NewOutput()\n'
        't := widgets.NewText("name", "Ada")\nplay, s := widgets.NewPlay(0, 50, 50*time.Millisecond), widgets.NewIntSlider("frame", 0, 50, 0)\n'
        'widgets.Link(play, s)\n'
        'widgets.VBox(widgets.HBox(b, n, p), widgets.HBox(play, s), t, widgets.NewTextArea("notes", "a\\nb"), '
        'widgets.HBox(widgets.NewCheckbox("on", true), widgets.NewDropdown("colour", "red", "green")), '
        'widgets.HBox(widgets.NewNumber("x", 1.5), widgets.NewFloatSlider("f", 0, 1, 0.25)), out)',
        'go func() {\n\tk := 0\n\tfor range b.Clicks() {\n\t\tk++\n\t\tn.Set(fmt.Sprint(k, " clicks"))\n\t\tp.Add(1)\n'
        '\t\tfmt.Fprintln(out, "click", k)\n\t}\n}()\ngo func() {\n\tfor name := range t.Values() {\n\t\tout.Put(map[string]string{"hello": name})\n\t}\n}()',
        "s.Value() > 3, play.Value() > 3")
    page.run(0)
    page.ended(0)
    area = page.cell(0)
    area.locator(".widget-button").filter(has_text="count").wait_for()
    page.run(1)
    page.ended(1)
    for k in range(1, 4):
        area.locator(".widget-button").filter(has_text="count").click()
        page.until(lambda: "%d clicks" % k in area.locator(".widget-label").all_inner_texts(), "click %d" % k)
    page.until(lambda: "click 3" in area.locator(".jp-OutputArea-output").all_inner_texts()[-1] or "click 3" in area.inner_text(), "the printed click")
    name = area.locator(".widget-text input[type=text]").first
    name.fill("Grace")
    name.press("Enter")
    page.until(lambda: "Grace" in area.inner_text().replace("Ada", ""), "the name")
    area.locator(".widget-play button, .jupyter-widgets.widget-play button").first.click()
    page.until(lambda: int(area.locator(".widget-readout").first.inner_text()) > 5, "the player")
    page.run(2)
    page.ended(2)
    assert page.text(2).strip() == "true, true"
    area.scroll_into_view_if_needed()
    page.screenshot("end")


def test_two_views_and_a_page_that_is_loaded_again(open_notebook):
    page = open_notebook('s := widgets.NewIntSlider("n", 0, 100, 10)\ns', "s", "s.Set(70)", "s.Value()")
    for n in (0, 1):
        page.run(n)
        page.ended(n)
        page.cell(n).locator(".widget-slider").wait_for()
    drag(page, page.cell(0).locator(".noUi-handle"), 60)
    first = page.cell(0).locator(".widget-readout").inner_text()
    assert int(first) > 15
    page.until(lambda: page.cell(1).locator(".widget-readout").inner_text() == first, "the other view")
    page.page.keyboard.press("Control+s")
    page.page.wait_for_timeout(1000)
    page.page.reload()
    page.page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
    page.until(page.connected, "the kernel", 60)
    page.cell(0).locator(".widget-slider").wait_for()
    assert page.cell(0).locator(".widget-readout").inner_text() == first
    page.run(2)
    page.ended(2)
    for n in (0, 1):
        page.until(lambda: page.cell(n).locator(".widget-readout").inner_text() == "70", "view %d after the page was loaded again" % n)
    drag(page, page.cell(1).locator(".noUi-handle"), -40)
    page.run(3)
    page.ended(3)
    assert page.text(3).strip() == page.cell(0).locator(".widget-readout").inner_text() != "70"
    page.screenshot("end")
