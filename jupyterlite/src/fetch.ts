// What the kernel consists of, fetched and unpacked.

import init, { BrotliDecStream, BrotliStreamResultCode } from 'brotli-dec-wasm/web';

/** How much is unpacked at a time, in bytes. */
const PIECE = 1 << 20;

function lost(url: string, why: unknown): Error {
  const name = url.slice(url.lastIndexOf('/') + 1);
  return new Error(`${name}, a part of the kernel, could not be fetched (${why}): is the network there? Reload the page to try again.`);
}

/** The answer for a file that is there. */
export async function get(url: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw lost(url, error);
  }
  if (!response.ok || !response.body) {
    throw lost(url, `the server answers ${response.status}`);
  }
  return response;
}

/** The bytes of a file. */
export async function fetched(url: string): Promise<Uint8Array> {
  const response = await get(url);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw lost(url, error);
  }
}

/**
 * A program that is packed with Brotli, which most servers do not announce and browsers do
 * not unpack by themselves. It is compiled while it arrives, and given to unpacks in pieces.
 */
export async function compiled(
  url: string,
  packed: Response,
  unpacks?: (piece: Uint8Array) => void
): Promise<WebAssembly.Module> {
  await init().catch(error => {
    throw lost('brotli', error);
  });
  const reader = (packed.body as ReadableStream<Uint8Array>).getReader();
  let problem: Error | undefined;
  let decoder: BrotliDecStream | undefined;
  let first = true;
  let complete = false;
  const unpacked = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        for (let some = false; !some; ) {
          const { done, value } = await reader.read();
          if (done) {
            if (!complete) {
              throw new Error('it ends too early');
            }
            controller.close();
            return;
          }
          if (first) {
            first = false;
            // A server that announces how it is packed has had it unpacked already.
            if (value[0] === 0 && value[1] === 0x61) {
              complete = true;
            } else {
              decoder = new BrotliDecStream();
            }
          }
          if (!decoder) {
            unpacks?.(value);
            controller.enqueue(value);
            return;
          }
          let rest = value;
          for (let more = !complete; more; ) {
            const part = decoder.dec(rest, PIECE);
            rest = rest.subarray(part.input_offset);
            if (part.buf.length > 0) {
              some = true;
              unpacks?.(part.buf);
              controller.enqueue(part.buf);
            }
            complete = part.code === BrotliStreamResultCode.ResultSuccess;
            more = part.code === BrotliStreamResultCode.NeedsMoreOutput;
          }
        }
      } catch (error) {
        problem = lost(url, error);
        controller.error(problem);
      }
    }
  });
  try {
    return await WebAssembly.compileStreaming(
      new Response(unpacked, { headers: { 'Content-Type': 'application/wasm' } })
    );
  } catch (error) {
    throw problem ?? error;
  }
}
