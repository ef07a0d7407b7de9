// JupyterLite opens the notebooks that the page's address asks for as soon as it has
// started. When JupyterLab then puts back what was open at the visit before, it takes
// them off the page again, or shows others before them: see jupyterlab/jupyterlab#3040.

import { PageConfig } from '@jupyterlab/coreutils';

/** What is needed of JupyterLab. */
interface IApp {
  commands: { execute(id: string, args: object): Promise<unknown> };
  restored: Promise<unknown>;
}

/** Shows what the address asks for once everything else is where it was. To be called
 * before the page has started, which then changes its address. */
export function showAsked(app: IApp): void {
  if (PageConfig.getOption('notebookPage')) {
    return; // a page for one notebook, where nothing is put back
  }
  const asked = new URLSearchParams(window.location.search).getAll('path');
  void app.restored.then(async () => {
    for (const path of asked) {
      await app.commands.execute('docmanager:open', { path: decodeURIComponent(path) });
    }
  });
}
