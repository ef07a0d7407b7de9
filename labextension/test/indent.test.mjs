// Lines of Go are indented as gofmt has them: each line of what it has formatted, from
// the lines before it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { goIndent } = await load('indent');

const FORMATTED = [
  'if true {\n\tx()\n}',
  'func f() {\n\tfor i := range 3 {\n\t\tswitch i {\n\t\tcase 0:\n\t\t\tg()\n\t\t\tif x {\n\t\t\t\th()\n\t\t\t}\n\t\tcase 1, 2:\n\t\t\tselect {\n\t\t\tcase v := <-ch:\n\t\t\t\tfmt.Println(v)\n\t\t\tdefault:\n\t\t\t\treturn\n\t\t\t}\n\t\tdefault:\n\t\t\tbreak\n\t\t}\n\t}\n}',
  'switch v := x.(type) {\ncase int:\n\tgo func() {\n\t\tdefer wg.Done()\n\t\tselect {\n\t\tcase <-ctx.Done():\n\t\t}\n\t}()\n}',
  'p := []Point{\n\t{1, 2},\n\t{3, 4},\n}',
  'call(func() {\n\tx()\n}, []int{\n\t1,\n})',
  'type T struct {\n\tX int\n\tY struct {\n\t\tZ int // a { in a comment\n\t}\n}',
  's := "a { in a string" + `and\n  { in a raw one`\nx := 1',
  "r := '{'\ny := '\\''\nz := 2",
  'import (\n\t"fmt"\n\t"os"\n)\n\nvar (\n\ta = 1\n)',
  'sum := a +\n\tb +\n\tc\nd := 1',
  'if a &&\n\tb {\n\tx()\n}',
  'client.\n\tDo(x)\ny()',
  'v := <-ch\nch <- 1\nx++\ny--\nz := f(xs...)\nw := 1',
  'm := map[string]func(){\n\t"a": func() {\n\t\tx()\n\t},\n}',
  'switch {\ncase a:\n\tx := struct{ A int }{1}\n\tf(x)\n}',
  'f(\n\ta,\n\tb,\n)',
  'for {\n\n\tx()\n\n}',
  '名前 := 1\nif 名前 > 0 {\n\tx()\n}',
];

for (const source of FORMATTED) {
  test(source, () => {
    const lines = source.split('\n');
    let before = '';
    for (const line of lines) {
      const want = line.match(/^\t*/)[0].length * 4;
      const got = goIndent(before, line.trimStart(), 4, 4);
      if (line.trim() !== '' && got !== null) {
        assert.equal(got, want, `${before}▸${line}`);
      }
      before += line + '\n';
    }
  });
}

test('nothing is said inside of raw strings and comments', () => {
  assert.equal(goIndent('s := `a\n', 'b', 4, 4), null);
  assert.equal(goIndent('/* a\n', 'b', 4, 4), null);
  assert.equal(goIndent('s := `a`\n', 'b', 4, 4), 0);
});

test('a line that is broken in its middle', () => {
  assert.equal(goIndent('if x {', '', 4, 4), 4);
  assert.equal(goIndent('\tif x {', '}', 4, 4), 4);
  assert.equal(goIndent('\t\tx()', '', 4, 4), 0); // of what no bracket is open for
});

test('any text is answered', () => {
  for (const text of ['', '}', ')))', '{', '"', "'", '`', '/*', '\\', '\u0000', '{('.repeat(1000), 'case', 'switch switch {']) {
    goIndent(text, text, 4, 4);
  }
});
