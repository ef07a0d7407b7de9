// Go's runtime asks for the time whenever a goroutine parks, and several times for each
// message between two of them. In a browser that is dear: performance.now() takes four
// times as long as Date.now(), and half of what a message takes.

/** How often the time is asked for within a millisecond before not all readings are real. */
const OFTEN = 64;

/** One of so many readings is real then, and the first one of each millisecond. */
const ONE_IN = 16;

/** A clock in milliseconds that never goes back. Where it is read often it may be behind
 *  by less than a millisecond, see {@link OFTEN}. */
export function clock(): () => number {
  let last = 0;
  let millisecond = 0;
  let asked = 0;
  let often = false;
  return () => {
    const today = Date.now();
    if (today === millisecond) {
      asked++;
      if (often && asked % ONE_IN !== 0) {
        return last;
      }
    } else {
      often = today === millisecond + 1 && asked >= OFTEN;
      millisecond = today;
      asked = 1;
    }
    last = performance.now();
    return last;
  };
}
