/** A bracket that is open: its line's indent, and whether case belongs to it. */
interface Open {
  indent: number;
  cases: boolean;
}

/** What has been read of a line. */
interface Line {
  indent: number;
  first: string; // its first token
  last: string; // its last token that is no comment
  head: Line | null; // the line of if, for, switch or select that it goes on from
}

const TOKEN = /\/\/.*|\/\*[^]*?(?:\*\/|$)|`[^`]*(?:`|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[\p{L}_][\p{L}\p{N}_]*|[0-9][\w.]*|\n|[^\S\n]+|(?:&&|\|\||<-|[-+*/%&|^<>=!:]=|<<|>>|\+\+|--|\.\.\.)|[^]/gu;

/** What a line ends with that goes on in the next one. */
const GOES_ON = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '&&', '||', '<<', '>>', '=', ':=', '==', '!=', '<=', '>=', '<', '>', '+=', '-=', '*=', '/=', '.', '!']);

/** What a statement begins with whose block is not part of an expression. */
const HEADS = new Set(['if', 'for', 'switch', 'select', '}']);

/**
 * Where gofmt has a line of Go: how far it is indented, in columns. before is all
 * text before the line, after what stands in it. Whether text that is wrong is
 * indented well is a matter of luck; inside of a raw string or a comment, nothing is
 * said.
 */
export function goIndent(before: string, after: string, unit: number, tab: number): number | null {
  const open: Open[] = [];
  let line: Line = { indent: 0, first: '', last: '', head: null };
  let blank = true; // nothing of the line has been read but white space
  let headed = false; // the line has switch or select, whose bracket comes
  let previous: Line = line; // the last line that was not empty
  let goes = false; // that line was itself gone on from another one
  for (const [token] of before.matchAll(TOKEN)) {
    if (token === '\n') {
      if (!blank) {
        goes = GOES_ON.has(previous.last) && previous !== line;
        previous = line;
      }
      line = { indent: 0, first: '', last: '', head: null };
      blank = true;
      continue;
    }
    if (/^[^\S\n]+$/u.test(token)) {
      if (blank) {
        line.indent = columns(token, tab);
      }
      continue;
    }
    if (/^\/[/*]/.test(token)) {
      if (token.startsWith('/*') && (token.length < 4 || !token.endsWith('*/'))) {
        return null; // in the middle of a comment
      }
      blank = false;
      continue;
    }
    if (token.startsWith('`') && (token.length < 2 || !token.endsWith('`'))) {
      return null; // in the middle of a raw string
    }
    if (blank) {
      line.first = token;
      blank = false;
      if (previous !== line && GOES_ON.has(previous.last)) {
        line.head = previous.head ?? (HEADS.has(previous.first) ? previous : null);
      }
    }
    line.last = token;
    switch (token) {
      case 'switch':
      case 'select':
        headed = true;
        break;
      case '(':
      case '[':
        open.push({ indent: line.indent, cases: false });
        break;
      case '{':
        open.push({ indent: (line.head ?? line).indent, cases: headed });
        headed = false;
        break;
      case ')':
      case ']':
      case '}':
        open.pop();
        break;
    }
  }
  if (!blank) {
    // The line is broken in its middle.
    goes = GOES_ON.has(previous.last) && previous !== line;
    previous = line;
  }
  const inner = open.length > 0 ? open[open.length - 1] : null;
  const text = after.trimStart();
  const base = inner ? inner.indent : -unit;
  if (inner && /^[)\]}]/.test(text)) {
    return base;
  }
  if (inner?.cases && /^(?:case\b|default\s*:)/.test(text)) {
    return base;
  }
  if (GOES_ON.has(previous.last) && !/^case\b/.test(previous.first)) {
    return goes ? previous.indent : previous.indent + unit;
  }
  return base + unit;
}

/** How many columns white space takes. */
function columns(space: string, tab: number): number {
  let n = 0;
  for (const c of space) {
    n += c === '\t' ? tab - (n % tab) : 1;
  }
  return n;
}
