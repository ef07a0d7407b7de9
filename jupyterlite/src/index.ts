// Go for JupyterLite: a kernel that runs in the browser.

import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { Contents, IDefaultDrive, IKernelManager, Kernel } from '@jupyterlab/services';
import { IKernel, IKernelClient, IKernelSpecs } from '@jupyterlite/services';

import { showAsked } from './asked';
import { GoKernel, later } from './kernel';
import { prompt } from './socket';
import { answered, isKept, keep, listed, sayWhenFull } from './storage';
import { calmToolbars } from './toolbar';

/** What is needed of JupyterLab. */
interface IApp {
  commands: { execute(id: string, args: object): Promise<unknown> };
  restored: Promise<unknown>;
}

/** A plugin as JupyterLite takes it. */
interface IPlugin {
  id: string;
  autoStart: boolean;
  requires: unknown[];
  activate: (
    app: IApp,
    specs: IKernelSpecs,
    client: IKernelClient,
    drive: Contents.IDrive,
    manager: Kernel.IManager
  ) => void;
}

/** The kernel's own files, see internal/site. */
const FILES = ['gosched.wasm.br', 'library.zip', 'wasm_exec.js'];

/** How long after the kernel has started the page sees to what is kept, in milliseconds. */
const KEEP_AFTER = 3000;

const plugin: IPlugin = {
  id: 'jupyterlite-gosched:kernel',
  autoStart: true,
  requires: [IKernelSpecs, IKernelClient, IDefaultDrive, IKernelManager],
  activate: (app, specs, client, drive, manager) => {
    const here = URLExt.join(PageConfig.getOption('fullLabextensionsUrl') || 'extensions', 'jupyterlite-gosched');
    const base = new URL(URLExt.join(here, 'kernel') + '/', window.location.href).href;
    const kernels = new Map<string, GoKernel>();
    const calm = async () => void (await Promise.all([...kernels.values()].map(kernel => kernel.calm())));
    sayWhenFull(drive);
    showAsked(app);
    void calmToolbars();
    const settings: { WebSocket: typeof WebSocket } = manager.serverSettings;
    settings.WebSocket = prompt(settings.WebSocket);
    let kept: Promise<string | undefined> | undefined;
    let told = false;
    specs.register({
      spec: {
        name: 'gosched',
        display_name: 'Go (gosched)',
        language: 'go',
        argv: [],
        resources: {
          'logo-svg': new URL(URLExt.join(here, 'kernel', 'logo-svg.svg'), window.location.href).href
        }
      },
      create: async (options: IKernel.IOptions): Promise<IKernel> => {
        const kernel = new GoKernel(options, base, isKept());
        void kernel.started.then(async () => {
          kept ??= later(KEEP_AFTER).then(async () =>
            keep([...FILES.map(name => base + name), ...(await listed())], calm)
          );
          const problem = await kept;
          await calm();
          kernel.keep(!problem && answered());
          if (problem && !told) {
            told = true;
            await app.commands.execute('apputils:notify', { message: problem, type: 'warning', options: { autoClose: false } });
          }
        });
        kernels.set(kernel.id, kernel);
        kernel.disposed.connect(() => {
          if (kernels.get(kernel.id) === kernel) {
            kernels.delete(kernel.id);
          }
        });
        return kernel;
      }
    });
    // JupyterLite takes queued cells back and tells the kernel nothing.
    const interrupt = client.interrupt.bind(client);
    client.interrupt = async (id: string) => {
      kernels.get(id)?.interrupt();
      await interrupt(id);
    };
  }
};

export default plugin;
