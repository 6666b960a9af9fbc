import { clockStandsStill } from './identity.js';

/**
 * Resolves in a later task, after what waits in the event loop has had its turn: sooner than a timer, which browsers
 * delay by 4 ms once they are nested. On Cloudflare Workers messages overtake all timers, so that it takes one there.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
    } else if (typeof MessageChannel === 'function' && !clockStandsStill()) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    } else {
      setTimeout(resolve, 0);
    }
  });
}
