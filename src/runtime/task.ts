import { runtimeName } from './identity.js';

/**
 * Resolves in a later task, after what waits in the event loop has had its turn: sooner than a timer, which browsers
 * delay by 4 ms once they are nested. It takes a timer on Cloudflare Workers, where messages overtake all timers, and in
 * edge functions of Next.js, whose stand-ins for the others never call back.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (TIMERS_ONLY.includes(runtimeName())) {
      setTimeout(resolve, 0);
    } else if (typeof setImmediate === 'function') {
      setImmediate(resolve);
    } else if (typeof MessageChannel === 'function') {
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

const TIMERS_ONLY = ['workerd', 'edge-light'];
