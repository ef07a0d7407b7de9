import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { EditorExtensionRegistry, IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Connection } from './connection';
import { goTyping } from './editor';
import { GoPanel } from './panel';

const ID = 'gosched-panel:plugin';
const FORMAT = 'gosched:format-cell';

/** Goes to a line of a cell that has run, or runs. */
function goTo(tracker: INotebookTracker, cell: number, line: number): void {
  const notebook = tracker.currentWidget?.content;
  if (!notebook) {
    return;
  }
  const code = notebook.widgets.map(w => (w.model.type === 'code' ? (w.model as ICodeCellModel) : null));
  let index = code.findIndex(m => m?.executionCount === cell);
  if (index < 0) {
    // A cell that runs has no number yet.
    index = code.findIndex(m => m?.executionState === 'running');
  }
  if (index < 0) {
    return;
  }
  notebook.activeCellIndex = index;
  void notebook.scrollToItem(index);
  const editor = notebook.widgets[index].editor;
  editor?.setCursorPosition({ line: Math.max(line - 1, 0), column: 0 });
  editor?.focus();
}

/** Puts gofmt's text into the cell that is active; the cursor stays in its line. */
async function format(tracker: INotebookTracker, connection: Connection): Promise<void> {
  const cell = tracker.activeCell;
  if (cell?.model.type !== 'code') {
    return;
  }
  const source = cell.model.sharedModel.getSource();
  try {
    const formatted = await connection.format(source);
    if (formatted === source || cell.isDisposed || cell.model.sharedModel.getSource() !== source) {
      return; // who types on is not to lose what is typed
    }
    const cursor = cell.editor?.getCursorPosition();
    cell.model.sharedModel.setSource(formatted);
    if (cursor) {
      cell.editor?.setCursorPosition(cursor);
    }
  } catch (error) {
    Notification.warning(`This cell cannot be formatted: ${(error as Error).message}`, { autoClose: 5000 });
  }
}

/** The panel "Go" in the right sidebar, for the notebook that is in front, and what formats cells. */
const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Shows the goroutines and variables of a Go notebook, and formats its cells.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ISettingRegistry],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, settings: ISettingRegistry | null) => {
    const connection = new Connection();
    const panel = new GoPanel(connection, (cell, line) => {
      goTo(tracker, cell, line);
    });
    app.shell.add(panel, 'right', { rank: 600 });

    const isGo = () => tracker.currentWidget?.sessionContext.session?.kernel?.name.startsWith('gosched') ?? false;
    app.commands.addCommand(FORMAT, {
      label: 'Format',
      caption: "Put gofmt's text into the cell",
      isVisible: isGo,
      isEnabled: isGo,
      execute: () => format(tracker, connection)
    });

    let formatOnRun = false;
    connection.onConnected = () => {
      app.commands.notifyCommandChanged(FORMAT);
      if (formatOnRun) {
        connection.formatOnRun(true);
      }
    };
    void settings?.load(ID).then(loaded => {
      const changed = () => {
        const on = loaded.composite.formatOnRun === true;
        if (on !== formatOnRun) {
          formatOnRun = on;
          connection.formatOnRun(on);
        }
      };
      loaded.changed.connect(changed);
      changed();
    });

    const follow = () => {
      connection.follow(tracker.currentWidget?.sessionContext ?? null);
      app.commands.notifyCommandChanged(FORMAT);
    };
    tracker.currentChanged.connect(follow);
    void app.restored.then(follow);
  }
};

/** Has editors indent Go as gofmt does, and close its brackets. */
const typing: JupyterFrontEndPlugin<void> = {
  id: 'gosched-panel:typing',
  description: 'Indents Go as gofmt does while it is typed, and closes its brackets.',
  autoStart: true,
  requires: [IEditorExtensionRegistry],
  activate: (_: JupyterFrontEnd, extensions: IEditorExtensionRegistry) => {
    extensions.addExtension({
      name: 'gosched-typing',
      factory: () => EditorExtensionRegistry.createImmutableExtension(goTyping)
    });
  }
};

export default [plugin, typing];
