import { Widget } from '@lumino/widgets';
import type { Connection, Part, Path, State } from './connection';

const STYLE = `
.gosched-panel { overflow: auto; padding: 8px; font-size: var(--jp-ui-font-size1); color: var(--jp-ui-font-color1); background: var(--jp-layout-color1); }
.gosched-panel h3 { margin: 8px 0 4px; font-size: var(--jp-ui-font-size1); }
.gosched-panel table { width: 100%; border-collapse: collapse; }
.gosched-panel td { padding: 2px 4px; vertical-align: top; border-top: 1px solid var(--jp-border-color2); overflow-wrap: anywhere; }
.gosched-panel .gosched-code { font-family: var(--jp-code-font-family); font-size: var(--jp-code-font-size); }
.gosched-panel td + td { white-space: nowrap; }
.gosched-panel a { color: var(--jp-content-link-color); cursor: pointer; }
.gosched-panel button { float: right; cursor: pointer; color: var(--jp-ui-font-color1); background: var(--jp-layout-color2); border: 1px solid var(--jp-border-color1); border-radius: 2px; }
.gosched-panel .gosched-type, .gosched-panel .gosched-more { color: var(--jp-ui-font-color2); }
.gosched-panel summary { cursor: pointer; }
.gosched-panel .gosched-parts { margin-left: 12px; }
.gosched-panel .gosched-leaf { margin-left: 12px; }
`;

/** How often a panel that is seen asks, in milliseconds. */
const PERIOD = 1000;

function element(tag: string, text = '', className = ''): HTMLElement {
  const e = document.createElement(tag);
  e.textContent = text;
  e.className = className;
  return e;
}

export class GoPanel extends Widget {
  constructor(private connection: Connection, private goTo: (cell: number, line: number) => void) {
    super();
    this.id = 'gosched-panel';
    this.title.label = 'Go';
    this.title.caption = 'Goroutines and variables of the notebook';
    this.addClass('gosched-panel');
    const style = document.createElement('style');
    style.textContent = STYLE;
    document.head.appendChild(style);
    connection.onState = state => { this.show_(state); };
    connection.onParts = (path, parts) => { this.showParts(path, parts); };
    this.show_(null);
    window.setInterval(() => {
      if (this.isVisible && !document.hidden) {
        this.connection.ask();
      }
    }, PERIOD);
  }

  protected override onAfterShow(): void {
    this.connection.ask();
  }

  private show_(state: State | null): void {
    const text = JSON.stringify(state);
    if (text === this.shown) {
      return; // what is the same is not drawn again: somebody may be reading it
    }
    this.shown = text;
    if (!state) {
      this.open.clear();
      this.node.replaceChildren(element('p', 'No Go notebook is in front, or its kernel is starting.'));
      return;
    }
    this.node.replaceChildren(...this.goroutines(state), ...this.variables(state), ...this.declared(state));
    for (const key of this.open) {
      this.connection.unfold(JSON.parse(key) as Path);
    }
  }

  private goroutines(state: State): HTMLElement[] {
    const count = state.goroutines.length + state.more;
    const list = element('table');
    list.dataset.gosched = 'goroutines';
    for (const g of state.goroutines) {
      const row = element('tr');
      const what = element('td', '', 'gosched-code');
      what.append(element('div', `${g.goroutine}  ${g.function}`), element('div', g.state + (g.waits ? ' on ' + g.waits : '')));
      const where = element('td');
      const link = element('a', g.line > 0 ? `cell ${g.cell}:${g.line}` : `cell ${g.cell}`);
      link.onclick = () => {
        this.goTo(g.cell, g.line);
      };
      where.append(link);
      const stop = element('td');
      if (!g.main) {
        const button = element('button', 'stop') as HTMLButtonElement;
        button.title = `Stop goroutine ${g.goroutine}; its deferred calls run`;
        button.onclick = () => {
        this.connection.stop(g.goroutine);
      };
        stop.append(button);
      }
      row.append(what, where, stop);
      list.append(row);
    }
    const out = [element('h3', count === 1 ? '1 goroutine' : `${count} goroutines`), list];
    if (state.more > 0) {
      out.push(element('p', `… and ${state.more} more`));
    }
    return out;
  }

  private variables(state: State): HTMLElement[] {
    const head = element('h3', 'Variables');
    if (!state.whole) {
      const all = element('button', 'values');
      all.title = 'Look at all values once, although goroutines may be changing them';
      all.onclick = () => {
        this.connection.ask(true);
      };
      head.append(all);
    }
    const list = element('div', '', 'gosched-code');
    list.dataset.gosched = 'variables';
    for (const v of state.variables) {
      list.append(this.part(v, [v.name]));
    }
    return [head, list];
  }

  private declared(state: State): HTMLElement[] {
    if (state.declared.length === 0) {
      return [];
    }
    const list = element('div', '', 'gosched-code');
    list.dataset.gosched = 'declared';
    for (const d of state.declared) {
      const line = element('div', '', 'gosched-leaf');
      line.append(element('b', d.name), ' ', element('span', d.type, 'gosched-type'));
      list.append(line);
    }
    return [element('h3', 'Functions, types and constants'), list];
  }

  /** A value: a line, or what unfolds and asks for its parts then. */
  private part(p: Part, path: Path): HTMLElement {
    const line = (tag: string, className = '') => {
      const e = element(tag, '', className);
      e.append(element('b', p.name), ' ', element('span', p.type, 'gosched-type'), ' ', p.value);
      if (p.size) {
        e.append(' ', element('span', p.size, 'gosched-more'));
      }
      if (p.waits) {
        e.append(element('div', p.waits, 'gosched-more'));
      }
      return e;
    };
    if (!p.unfolds) {
      return line('div', 'gosched-leaf');
    }
    const key = JSON.stringify(path);
    const details = document.createElement('details');
    const parts = element('div', '', 'gosched-parts');
    parts.dataset.path = key;
    details.append(line('summary'), parts);
    details.open = this.open.has(key);
    details.ontoggle = () => {
      if (details.open && !this.open.has(key)) {
        this.open.add(key);
        this.connection.unfold(path);
      } else if (!details.open) {
        this.open.delete(key);
      }
    };
    return details;
  }

  private showParts(path: Path, parts: Part[]): void {
    const key = JSON.stringify(path);
    for (const e of this.node.querySelectorAll<HTMLElement>('.gosched-parts')) {
      if (e.dataset.path === key) {
        e.replaceChildren(...parts.map((p, i) => this.part(p, [...path, i])));
      }
    }
  }

  private shown = '';
  private open = new Set<string>();
}
