// What the kernel consists of, fetched and unpacked.

import init, { BrotliDecStream, BrotliStreamResultCode } from 'brotli-dec-wasm/web';

/** How much is unpacked at a time, in bytes. */
const PIECE = 1 << 20;

function lost(url: string, why: unknown): Error {
  const name = url.slice(url.lastIndexOf('/') + 1);
  return new Error(`${name}, a part of the kernel, could not be fetched (${why}): is the network there? Reload the page to try again.`);
}

async function get(url: string): Promise<Response> {
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
 * The program, packed with Brotli, which most servers do not announce and browsers do
 * not unpack by themselves. It is compiled while it arrives.
 */
export async function program(url: string): Promise<WebAssembly.Module> {
  const [response] = await Promise.all([
    get(url),
    init().catch(error => {
      throw lost('brotli', error);
    })
  ]);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
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
            controller.enqueue(value);
            return;
          }
          let packed = value;
          for (let more = !complete; more; ) {
            const part = decoder.dec(packed, PIECE);
            packed = packed.subarray(part.input_offset);
            if (part.buf.length > 0) {
              some = true;
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
