// JupyterLite's front end and its kernels are in one page, and speak through a socket that
// is made for tests: it imitates a network, and what is sent to a kernel arrives 4 ms later.

/** How the socket tells the kernel's side of a message: whether that listens. */
interface ITells {
  dispatchEvent(event: { type: string }, data: unknown): boolean;
}

/** A socket that delivers at once where it can, and else as Base does. */
export function prompt(Base: typeof WebSocket): typeof WebSocket {
  return class extends Base {
    send(data: Parameters<WebSocket['send']>[0]): void {
      if (this.readyState !== Base.OPEN || !this.deliver(data)) {
        super.send(data);
      }
    }

    private deliver(data: unknown): boolean {
      try {
        return (this as unknown as ITells).dispatchEvent({ type: 'server::message' }, data);
      } catch {
        return false; // it is another socket, which takes no such event
      }
    }
  };
}
