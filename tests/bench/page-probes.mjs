/** What is measured inside a page. Each function is sent there as text, so it refers to nothing outside itself. */

/**
 * Times between frames.
 *
 * @param {number} durationMs
 * @returns {Promise<number[]>} in ms
 */
export function frameTimes(durationMs) {
  return new Promise((resolve) => {
    const times = [];
    const start = performance.now();
    let last = start;
    const onFrame = (now) => {
      times.push(now - last);
      last = now;
      // The first one reaches back before the start.
      if (now - start > durationMs) resolve(times.slice(1));
      else requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
  });
}

/** Row elements of the event list. */
export function rowElements() {
  return document.querySelectorAll('.sb-events-list .sb-row').length;
}

/**
 * How long the page takes to answer a click: from the click on Pause to the frame that shows it, and back again.
 *
 * @returns {Promise<number>} the longer of the two, in ms
 */
export async function clickAnswer() {
  const once = () =>
    new Promise((resolve) => {
      const button = document.querySelector('.sb-events-toolbar button[aria-pressed]');
      const pressed = button.getAttribute('aria-pressed');
      const start = performance.now();
      const look = () => {
        if (button.getAttribute('aria-pressed') === pressed) requestAnimationFrame(look);
        else requestAnimationFrame(() => resolve(performance.now() - start));
      };
      button.click();
      requestAnimationFrame(look);
    });
  return Math.max(await once(), await once());
}
