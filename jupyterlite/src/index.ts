// Go for JupyterLite: a kernel that runs in the browser.

import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { IKernel, IKernelClient, IKernelSpecs } from '@jupyterlite/services';

import { GoKernel } from './kernel';

/** A plugin as JupyterLite takes it. */
interface IPlugin {
  id: string;
  autoStart: boolean;
  requires: unknown[];
  activate: (app: unknown, specs: IKernelSpecs, client: IKernelClient) => void;
}

const plugin: IPlugin = {
  id: 'jupyterlite-gosched:kernel',
  autoStart: true,
  requires: [IKernelSpecs, IKernelClient],
  activate: (_app, specs, client) => {
    const here = URLExt.join(PageConfig.getOption('fullLabextensionsUrl') || 'extensions', 'jupyterlite-gosched');
    const base = new URL(URLExt.join(here, 'kernel') + '/', window.location.href).href;
    const kernels = new Map<string, GoKernel>();
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
        const kernel = new GoKernel(options, base);
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
