"""What JupyterLab makes of values and charts, in light and in dark."""


def test_values_unfold(open_notebook):
    page = open_notebook(
        'type Server struct {\n\tName string\n\tPorts []int\n\tTags map[string]string\n\tUp time.Duration\n}\n'
        'map[string]Server{\n\t"web": {"web-1", []int{80, 443}, map[string]string{"zone": "eu"}, 90 * time.Minute},\n'
        '\t"db": {"db-1", []int{5432}, nil, 36 * time.Hour},\n}',
        'out, err := json.MarshalIndent([]int{1, 2}, "", "  ")\nout, err',
        'fmt.Errorf("starting: %w", &fs.PathError{Op: "open", Path: "config", Err: fs.ErrNotExist})',
        "rows := make([]struct{ N, Square int }, 450)\nfor i := range rows {\n\trows[i].N, rows[i].Square = i, i*i\n}\nrows[:3], len(rows)",
        "rows")
    for n in range(5):
        page.run(n)
        page.ended(n)
    tree = page.cell(0).locator("details")
    assert tree.first.get_attribute("open") is not None
    web = page.cell(0).locator("summary", has_text='"web"').last
    assert not page.cell(0).get_by_text("zone").last.is_visible()
    web.click()
    page.cell(0).locator("summary", has_text="Tags").last.click()
    assert page.cell(0).get_by_text('"zone"').last.is_visible()
    assert page.text(1).strip() == "[\n  1,\n  2\n]\n<nil>"
    assert "└ *fs.PathError: open config: file does not exist" in page.text(2)
    assert page.cell(3).locator("table").is_visible() and page.cell(3).locator(".jp-OutputArea-output pre").inner_text() == "450"
    pages = page.cell(4).locator("summary")
    assert pages.all_inner_texts() == ["rows 200 to 399", "rows 400 to 449"]
    pages.last.click()
    assert page.cell(4).get_by_text("201601").is_visible()
    page.cell(0).scroll_into_view_if_needed()
    for name in ("JupyterLab Dark", "JupyterLab Light"):
        page.theme(name)
        assert page.contrast(".jp-OutputArea-output summary, .jp-OutputArea-output details div") >= 4.5
        page.screenshot(name.split()[1].lower())


def test_charts(open_notebook):
    page = open_notebook(
        "xs, sine, cosine := []float64{}, []float64{}, []float64{}\nfor x := 0.0; x < 10; x += 0.1 {\n"
        "\txs, sine, cosine = append(xs, x), append(sine, math.Sin(x)), append(cosine, math.Cos(x))\n}\ndisplay.Line(xs, sine)",
        'display.NewChart("waves").Line("sine", xs, sine).Line("cosine", xs, cosine).Axes("x", "y")',
        'ch := make(chan float64)\nlive := display.NewChart("live")\nlive.Show()\nlive.Follow("n", ch);\nfor i := range 60 {\n'
        '\tch <- float64(i * i)\n\ttime.Sleep(50 * time.Millisecond)\n}\nclose(ch)')
    for n in range(2):
        page.run(n)
        page.ended(n)
        page.cell(n).locator(".jp-OutputArea-output svg").wait_for()
    page.cell(2).evaluate("""cell => {
        window.drawn = 0;
        new MutationObserver(list => { if (list.some(m => [...m.addedNodes].some(n => n.nodeName == "svg" || n.querySelector && n.querySelector("svg")))) window.drawn++; })
            .observe(cell, {childList: true, subtree: true});
    }""")
    page.run(2)
    page.until(lambda: page.prompt(2) == "[*]:" and "1000" in page.text(2), "the chart in the middle")
    assert page.cell(2).locator(".jp-OutputArea-output svg").count() == 1
    page.ended(2)
    page.until(lambda: "3000" in page.text(2), "the whole chart")
    drawn = page.page.evaluate("drawn")
    assert 5 <= drawn <= 45, drawn
    for name in ("JupyterLab Dark", "JupyterLab Light"):
        page.theme(name)
        assert page.contrast(".jp-OutputArea-output svg text") >= 4.5
        page.screenshot(name.split()[1].lower())
