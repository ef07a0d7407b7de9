// Puts an interactive picture in the place of the static one. It runs when the
// image is loaded, with the image as its argument.
(function (img) {
"use strict";
var CHAR = 6.7, SVG = "http://www.w3.org/2000/svg";
function el(tag, attrs, text) {
  var e = document.createElement(tag);
  for (var k in attrs) e.setAttribute(k, attrs[k]);
  if (text) e.textContent = text;
  return e;
}
function duration(ns) {
  if (ns >= 6e10) {
    var s = Math.round(ns / 1e9), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    return (h ? h + "h" : "") + (m || h && s % 60 ? m + "m" : "") + (s % 60 ? s % 60 + "s" : "");
  }
  var units = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]];
  for (var i = 0; i < 3; i++) if (ns >= units[i][0]) {
    var v = ns / units[i][0];
    return +v.toFixed(v >= 100 ? 0 : v >= 10 ? 1 : 2) + units[i][1];
  }
  return ns ? Math.round(ns) + "ns" : "0s";
}
function isDark(root) {
  var light = document.body.getAttribute("data-jp-theme-light");
  if (light) return light === "false";
  var c = document.body.className;
  if (/vscode-(light|high-contrast-light)/.test(c)) return false;
  if (/vscode-(dark|high-contrast)/.test(c)) return true;
  for (var e = root.parentElement; e; e = e.parentElement) {
    var m = /rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)/.exec(getComputedStyle(e).backgroundColor);
    if (m && (m[4] === undefined || +m[4] > 0.5)) return m[1] * 0.299 + m[2] * 0.587 + m[3] * 0.114 < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
function start(root) {
  var data = JSON.parse(root.getAttribute("data-gosched"));
  var bytes = Uint8Array.from(atob(img.src.split(",")[1]), function (c) { return c.charCodeAt(0); });
  var doc = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml");
  var svg = document.importNode(doc.documentElement, true);
  var plot = svg.querySelector("svg.plot");
  if (!plot) return;
  ["title", "desc", "style"].forEach(function (t) {
    for (var c = svg.firstElementChild; c; c = c.nextElementSibling) if (c.tagName === t) { c.remove(); break; }
  });
  var clock = data.clock, end = Math.max(data.end, 1), plotW = data.width;
  var timed = false, k = 1, off = 0, avail = plotW, wide = 0, fitted = true, chosen = null;

  // Places: x is where the static picture has something, at(x) where it is now.
  function timeAt(x) {
    var lo = 0, hi = clock.length - 1;
    if (hi < 0 || x <= clock[0][0]) return 0;
    while (lo < hi) { var mid = (lo + hi + 1) >> 1; if (clock[mid][0] <= x) lo = mid; else hi = mid - 1; }
    var a = clock[lo], b = clock[lo + 1];
    return b ? a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]) : a[1];
  }
  function base(x) { return timed ? timeAt(x) / end * plotW : x; }
  function atTime(t) { return Math.round(((t / end * plotW - off) * k) * 10) / 10; }
  function at(x) { return Math.round(((base(x) - off) * k) * 10) / 10; }

  // Everything that has a place, and how to put it at another.
  var things = [], labels = [];
  function each(sel, f) { Array.prototype.forEach.call(plot.querySelectorAll(sel), f); }
  function numbers(s) { return (s.match(/-?[\d.]+/g) || []).map(Number); }
  function label(t, place) {
    var w = 0;
    Array.from(t.textContent).forEach(function (c) { w += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/.test(c) ? 2 : 1; });
    labels.push({ t: t, w: w * CHAR, y: +t.getAttribute("y"), place: place, hidden: t.classList.contains("hide"),
      urgent: t.classList.contains("badt") ? 0 : t.closest(".values") ? 1 : t.classList.contains("mu") ? 3 : 2 });
  }
  // Where e, which says its times, has its end number i, which is drawn at x.
  function spot(e, i, x) {
    var t = e.getAttribute("data-t");
    t = t === null ? null : numbers(t)[i];
    return function () { return timed && t !== null ? atTime(t) : at(x); };
  }
  each("rect.x", function (r) {
    var a = +r.getAttribute("x"), from = spot(r, 0, a), to = spot(r, 1, a + +r.getAttribute("width"));
    things.push(function () {
      var p = from();
      r.setAttribute("x", p);
      r.setAttribute("width", Math.max(to() - p, 0.5));
    });
  });
  each("path.x", function (p) {
    var n = numbers(p.getAttribute("d")), from = spot(p, 0, n[0]), to = spot(p, 1, n[2]);
    things.push(function () { p.setAttribute("d", "M" + from() + " " + n[1] + "H" + to()); });
  });
  each("path.cl", function (p) {
    var n = numbers(p.getAttribute("d")), w = parseFloat(p.style.strokeWidth) + 0.4;
    things.push(function () {
      var d = "", i, x1, x2;
      if (!timed) {
        for (i = 0; i < n.length; i += 3) d += "M" + at(n[i]) + " " + n[i + 1] + "v" + n[i + 2];
        p.style.strokeWidth = Math.max(w * k - 0.4, 0.6);
      } else {
        // To scale, the strokes are of different widths: each becomes as many as it needs.
        for (i = 0; i < n.length; i += 3)
          for (x1 = at(n[i] - w / 2), x2 = at(n[i] + w / 2); x1 < x2; x1 += 4)
            if (x1 > -9 && x1 < avail + 9) d += "M" + x1 + " " + n[i + 1] + "v" + n[i + 2];
        p.style.strokeWidth = 3.6;
      }
      p.setAttribute("d", d || "M0 0");
    });
  });
  each("g.m", function (g) {
    var n = numbers(g.getAttribute("transform")), t = g.querySelector("text"), where = spot(g, 0, n[0]);
    things.push(function () { g.setAttribute("transform", "translate(" + where() + " " + (n[1] || 0) + ")"); });
    if (t && t.getAttribute("text-anchor") !== "end") {
      var dx = +t.getAttribute("x");
      label(t, function () { return { x: where() + dx, set: dx, y: n[1] || 0 }; });
    }
  });
  var links = plot.querySelectorAll(".links > g"), values = new Map();
  each(".values > g", function (v) { values.set(links[+v.getAttribute("data-i")], v); });
  Array.prototype.forEach.call(links, function (g) {
    var line = g.querySelector(".k"), halo = g.querySelector(".halo"), head = g.querySelector(".hd"), v = values.get(g), t = v && v.firstChild;
    var n = numbers(line.getAttribute("d")), loop = n.length > 4, down = line.classList.contains("go"); // M x y V y H x
    var x1 = n[0], y1 = n[1], x2 = loop ? n[6] : n[down ? 3 : 2], y2 = loop ? n[7] : n[3], from = spot(g, 0, x1), to = spot(g, 1, x2);
    if (down) {
      things.push(function () { line.setAttribute("d", "M" + from() + " " + n[1] + "V" + n[2] + "H" + to()); });
      return;
    }
    things.push(function () {
      var a = from(), b = to(), d = loop ? "M" + a + " " + y1 + "C" + a + " " + (y1 - 18) + " " + b + " " + (y1 - 18) + " " + b + " " + y2
        : "M" + a + " " + y1 + "L" + b + " " + y2;
      line.setAttribute("d", d);
      halo.setAttribute("d", d);
      head.setAttribute("transform", "translate(" + b + " " + y2 + ")rotate(" + (loop ? 90 : Math.atan2(y2 - y1, b - a) * 180 / Math.PI) + ")");
    });
    if (!t) return;
    v.addEventListener("click", function (e) { e.stopPropagation(); choose(g); });
    var f = loop ? 0.5 : (+t.getAttribute("y") - 4 - y1) / (y2 - y1), lx = +t.getAttribute("x"), dx = lx - (x1 + (x2 - x1) * f);
    label(t, function () { var x = from() + (to() - from()) * f + dx; return { x: x, set: x, y: 0 }; });
  });
  labels.sort(function (a, b) { return a.urgent - b.urgent; });

  // Labels that would run into others wait until there is more room.
  function write() {
    var taken = {};
    labels.forEach(function (l) {
      var p = l.place(), y = l.y + p.y, s = Math.round(y / 14), ok = p.x + l.w > 0 && p.x < avail;
      if (ok && p.x + l.w > avail + 12) { // not over the edge
        p.set -= p.x + l.w - avail - 12;
        p.x = avail + 12 - l.w;
      }
      l.t.setAttribute("x", p.set);
      if (k === 1 && !timed) ok = !l.hidden;
      else for (var r = s - 1; ok && r <= s + 1; r++) (taken[r] || []).forEach(function (o) {
        if (p.x < o[1] + 4 && p.x + l.w + 4 > o[0] && Math.abs(y - o[2]) < 12) ok = false;
      });
      if (ok) (taken[s] = taken[s] || []).push([p.x, p.x + l.w, y]);
      l.t.classList.toggle("hide", !ok);
    });
  }
  var ticks = plot.querySelector(".ticks"), axisLine = plot.querySelector(".axis > path");
  var axisY = numbers(axisLine.getAttribute("d"))[1];
  function axis() {
    ticks.textContent = "";
    axisLine.setAttribute("d", "M0 " + axisY + "H" + Math.min(avail, Math.max((plotW - off) * k, 0)));
    var free = 0, last = "";
    function tick(px, text) {
      var w = text.length * 6, left = Math.min(Math.max(px - w / 2, 0), avail - w);
      if (px < 0 || px > avail || left < free || text === last) return;
      free = left + w + 14;
      last = text;
      var t = document.createElementNS(SVG, "text"), l = document.createElementNS(SVG, "path");
      l.setAttribute("class", "ln");
      l.setAttribute("d", "M" + px + " " + axisY + "v4");
      t.setAttribute("class", "sb mu");
      t.setAttribute("x", left);
      t.setAttribute("y", axisY + 15);
      t.textContent = text;
      ticks.append(l, t);
    }
    if (timed) {
      // Round times, about 80 pixels apart.
      var unit = 80 / k / plotW * end, ten = Math.pow(10, Math.floor(Math.log10(unit)));
      unit = Math.max([1, 2, 5, 10].find(function (m) { return m * ten >= unit; }) * ten, 1);
      for (var t = Math.floor(off / plotW * end / unit) * unit; t <= end; t += unit) {
        var px = Math.round((t / end * plotW - off) * k);
        if (px > avail) break;
        tick(px, duration(t));
      }
    } else clock.forEach(function (c) { tick(at(c[0]), duration(c[1])); });
    each(".idle", function (g) { g.classList.toggle("hide", timed); });
    var scale = svg.querySelector(".scale");
    if (scale) scale.textContent = timed ? ", to scale" : ", not to scale";
  }
  var pending = false;
  function draw() {
    if (pending) return;
    pending = true;
    requestAnimationFrame(function () {
      pending = false;
      off = Math.max(Math.min(off, plotW - avail / k), 0);
      things.forEach(function (f) { f(); });
      write();
      axis();
    });
  }
  function fit() {
    fitted = true;
    off = 0;
    k = timed || plotW > avail || plotW > avail * 0.75 ? avail / plotW : 1;
    draw();
  }
  function zoom(by, px) {
    if (px === undefined) px = avail / 2;
    var x = px / k + off, least = Math.min(avail / plotW, 1);
    k = Math.max(Math.min(k * by, timed ? 1e6 : 80), least);
    off = x - px / k;
    fitted = k === least;
    draw();
  }
  // The legend goes on in another line where the page is narrow, and what is
  // below moves down.
  var items = Array.prototype.map.call(svg.querySelectorAll(".legend > g"), function (g) {
    return { g: g, w: 44 + g.querySelector("text").textContent.length * 6.1, y: numbers(g.getAttribute("transform"))[1] || 0 };
  });
  var below = Array.prototype.map.call(svg.querySelectorAll(".note"), function (t) { return { t: t, y: +t.getAttribute("y") }; });
  var lines = items.length ? items[items.length - 1].y : 0, high = svg.viewBox.baseVal.height;
  function wrap(room) {
    var x = 0, y = 0;
    items.forEach(function (i) {
      if (x && x + i.w - 16 > room) { x = 0; y += 19; }
      i.g.setAttribute("transform", "translate(" + x + " " + y + ")");
      x += i.w;
    });
    below.forEach(function (b) { b.t.setAttribute("y", b.y + y - lines); });
    return high + y - lines;
  }
  function resize() {
    var w = Math.floor(root.clientWidth);
    if (!w || w === wide) return;
    wide = w;
    var full = Math.max(w, 320), tall = wrap(full - 28), back = svg.querySelector("rect.bg");
    svg.setAttribute("width", full);
    svg.setAttribute("height", tall);
    svg.setAttribute("viewBox", "0 0 " + full + " " + tall);
    back.setAttribute("width", full);
    back.setAttribute("height", tall);
    svg.querySelectorAll(".names rect").forEach(function (r) { r.setAttribute("width", full - 2); });
    avail = full - data.left - 14;
    plot.setAttribute("width", full - data.left);
    var pb = numbers(plot.getAttribute("viewBox"));
    plot.setAttribute("viewBox", "0 " + pb[1] + " " + (full - data.left) + " " + pb[3]);
    if (fitted) fit(); else draw();
  }

  // What is chosen is told in words, with its line of the source.
  var events = Array.prototype.slice.call(plot.querySelectorAll(".e"));
  var wheres = new Map();
  events.forEach(function (g) {
    var m = g.querySelector(".k, .x"), n = numbers(g.getAttribute("transform") || m.getAttribute("d") || "");
    wheres.set(g, n[0] || 0);
    var title = g.querySelector("title");
    g.setAttribute("aria-label", title.textContent);
  });
  events.sort(function (a, b) { return wheres.get(a) - wheres.get(b); });
  var info = el("div", { "class": "gp-info", role: "status", "aria-live": "polite" });
  function choose(g, show) {
    if (chosen) chosen.classList.remove("sel");
    chosen = g;
    info.textContent = "";
    if (!g) return;
    g.classList.add("sel");
    info.append(el("div", {}, g.getAttribute("aria-label")));
    (g.getAttribute("data-p") || "").split("|").forEach(function (p) {
      var m = /^(.*?)(?: line |:)(\d+)$/.exec(p), lines = m && data.source[m[1]];
      if (!lines) return;
      var pre = el("pre", {});
      pre.append(el("span", { "class": "gp-at" }, m[1] + "\n"));
      for (var n = +m[2] - 1; n <= +m[2] + 1; n++) if (lines[n] !== undefined)
        pre.append(el(n === +m[2] ? "strong" : "span", {}, (n === +m[2] ? "▸ " : "  ") + String(n).padStart(3) + "  " + lines[n] + "\n"));
      if (pre.childNodes.length > 1) info.append(pre);
    });
    if (show) {
      var x = base(wheres.get(g)), px = (x - off) * k;
      if (px < 20 || px > avail - 40) { off = x - avail / 2 / k; draw(); }
    }
  }
  function move(by) {
    var i = events.indexOf(chosen);
    choose(events[Math.max(Math.min(i < 0 ? 0 : i + by, events.length - 1), 0)], true);
  }
  function hop(by) {
    if (!chosen) return move(1);
    var lane = +chosen.getAttribute("data-l"), x = wheres.get(chosen), best = null, cost = Infinity;
    events.forEach(function (g) {
      var d = (+g.getAttribute("data-l") - lane) * by;
      if (d <= 0) return;
      var c = d * 1e6 + Math.abs(wheres.get(g) - x);
      if (c < cost) { cost = c; best = g; }
    });
    if (best) choose(best, true);
  }

  var bar = el("div", { "class": "gp-bar" });
  function button(text, what, f) {
    var b = el("button", { type: "button", title: what, "aria-label": what }, text);
    b.addEventListener("click", f);
    bar.append(b);
    return b;
  }
  button("−", "Zoom out (-)", function () { zoom(1 / 1.5); });
  button("+", "Zoom in (+)", function () { zoom(1.5); });
  button("Fit", "Show everything (0)", fit);
  var scaleButton = button("To scale", "Time to scale (T)", function () { rescale(); });
  scaleButton.setAttribute("aria-pressed", "false");
  function rescale() {
    timed = !timed;
    scaleButton.setAttribute("aria-pressed", String(timed));
    fit();
  }
  var view = el("div", { "class": "gp-view", tabindex: "0", role: "application",
    "aria-label": svg.getAttribute("aria-label") + ". Arrow keys move through the events, + and - zoom, 0 shows everything, T puts time to scale." });
  view.append(svg);
  view.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    var keys = { ArrowRight: function () { move(1); }, ArrowLeft: function () { move(-1); },
      ArrowDown: function () { hop(1); }, ArrowUp: function () { hop(-1); },
      Home: function () { choose(events[0], true); }, End: function () { choose(events[events.length - 1], true); },
      "+": function () { zoom(1.5); }, "=": function () { zoom(1.5); }, "-": function () { zoom(1 / 1.5); },
      "0": fit, t: rescale, T: rescale, Escape: function () { choose(null); } };
    if (!keys[e.key]) return;
    e.preventDefault();
    e.stopPropagation();
    keys[e.key]();
  });
  // JupyterLab leaves keys to what has the focus and this attribute, but for those with
  // Ctrl and the like: to save is still to save. It looks for the attribute before
  // anybody here is told of a key, so that goes when Ctrl itself is pressed.
  var focused = [view].concat(Array.from(bar.querySelectorAll("button")));
  function own(e) {
    focused.forEach(function (x) { x.toggleAttribute("data-lm-suppress-shortcuts", !(e.ctrlKey || e.metaKey || e.altKey)); });
  }
  ["keydown", "keyup", "pointerdown"].forEach(function (type) { root.addEventListener(type, own, true); });
  root.addEventListener("focusout", function () { own({}); });
  own({});
  view.addEventListener("wheel", function (e) {
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault();
      zoom(Math.exp(-e.deltaY / 300), e.clientX - plot.getBoundingClientRect().left);
    } else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      e.preventDefault();
      off += (e.deltaX || e.deltaY) / k;
      draw();
    }
  }, { passive: false });
  var from = null, moved = false;
  view.addEventListener("pointerdown", function (e) {
    if (e.button !== 0) return;
    from = e.clientX;
    moved = false;
  });
  view.addEventListener("pointermove", function (e) {
    if (from === null) return;
    if (!moved && Math.abs(e.clientX - from) < 4) return;
    if (!moved) view.setPointerCapture(e.pointerId);
    moved = true;
    off -= (e.clientX - from) / k;
    from = e.clientX;
    draw();
  });
  function drop() { from = null; }
  view.addEventListener("pointerup", drop);
  view.addEventListener("pointercancel", drop);
  view.addEventListener("click", function (e) {
    if (moved) return;
    var g = e.target.closest ? e.target.closest(".e") : null;
    choose(g);
  });

  function theme() {
    if (!root.isConnected) return;
    var dark = isDark(root);
    root.classList.toggle("gp-dark", dark);
    root.classList.toggle("gp-light", !dark);
  }
  img.replaceWith(el("style", {}, data.style), bar, view, info);
  theme();
  resize();
  new ResizeObserver(function () { theme(); resize(); }).observe(root);
  new MutationObserver(theme).observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-jp-theme-name"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
}
try { start(img.parentNode); } catch (err) { console.error("gosched: the picture stays static:", err); }
})
