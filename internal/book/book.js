// Mermaid draws the drawings, in letters that are there.
mermaid.initialize({ startOnLoad: true, theme: "neutral", fontFamily: "sans-serif" });
