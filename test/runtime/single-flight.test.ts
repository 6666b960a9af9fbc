import { afterEach, describe, expect, it, vi } from 'vitest';
import { SingleFlight } from '../../src/runtime/single-flight.js';
import { failure } from '../http/clients.js';

afterEach(() => vi.unstubAllGlobals());

const never = () => new AbortController().signal;

/** Work that ends when it is told to, or is aborted. */
function work() {
  const runs: { readonly signal: AbortSignal; resolve(value: string): void; reject(error: Error): void }[] = [];
  const run = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      runs.push({ signal, resolve, reject });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { runs, run };
}

describe('a flight', () => {
  it('is shared by those who come while it lasts, and not by those who come after', async () => {
    const flights = new SingleFlight<string, string>();
    const { runs, run } = work();
    const both = [flights.run('a', run, never()), flights.run('a', run, never())];
    const other = flights.run('b', run, never());
    expect(runs).toHaveLength(2);
    runs[0]!.resolve('one');
    runs[1]!.resolve('other');
    expect(await Promise.all([...both, other])).toEqual(['one', 'one', 'other']);
    const later = flights.run('a', run, never());
    runs[2]!.resolve('two');
    expect(await later).toBe('two');
  });

  it('fails for all of them, and is forgotten', async () => {
    const flights = new SingleFlight<string, string>();
    const { runs, run } = work();
    const both = [failure(flights.run('a', run, never())), failure(flights.run('a', run, never()))];
    runs[0]!.reject(new RangeError('no'));
    expect(await Promise.all(both)).toEqual([new RangeError('no'), new RangeError('no')]);
    const later = flights.run('a', run, never());
    runs[1]!.resolve('yes');
    expect(await later).toBe('yes');
  });

  it('goes on while one of them stays, and is aborted by the last who leaves', async () => {
    const flights = new SingleFlight<string, string>();
    const { runs, run } = work();
    const [first, second] = [new AbortController(), new AbortController()];
    const ends = [first, second].map(({ signal }) => failure(flights.run('a', run, signal)));
    first.abort(new RangeError('first'));
    expect(await ends[0]).toEqual(new RangeError('first'));
    expect(runs[0]!.signal.aborted).toBe(false);
    second.abort(new RangeError('second'));
    expect(runs[0]!.signal.aborted).toBe(true);
    // Whoever comes now does not join what is being broken off.
    const fresh = flights.run('a', run, never());
    expect(await ends[1]).toEqual(new RangeError('second'));
    runs[1]!.resolve('fresh');
    expect(await fresh).toBe('fresh');
  });

  it('does not begin for a signal that is aborted', async () => {
    const { runs, run } = work();
    const signal = AbortSignal.abort(new RangeError('no'));
    expect(await failure(new SingleFlight<string, string>().run('a', run, signal))).toEqual(new RangeError('no'));
    expect(runs).toEqual([]);
  });

  it('is nobody else’s where promises cannot be shared', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    const flights = new SingleFlight<string, string>();
    const { runs, run } = work();
    const own = never();
    const both = [flights.run('a', run, own), flights.run('a', run, never())];
    await Promise.resolve();
    expect(runs).toHaveLength(2);
    expect(runs[0]!.signal).toBe(own);
    runs[0]!.resolve('one');
    runs[1]!.resolve('two');
    expect(await Promise.all(both)).toEqual(['one', 'two']);
  });
});
