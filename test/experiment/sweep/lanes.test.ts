import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/experiment/sweep/batch.js';
import { Lanes } from '../../../src/experiment/sweep/lanes.js';

/** Batches that end when they are told to, by name; those on a GPU begin with g. */
class Scene {
  readonly running = new Set<string>();
  readonly queue: Batch[] = [];
  private readonly ends = new Map<string, () => void>();
  private readonly controller = new AbortController();

  constructor(names: readonly string[]) {
    this.put(...names);
  }

  put(...names: readonly string[]): void {
    this.queue.unshift(...names.map((hash) => ({ trials: [{ hash }], starts: 0 }) as unknown as Batch).reverse());
  }

  drain(jobs?: number): Promise<void> {
    const isOnGpu = (batch: Batch): boolean => nameOf(batch).startsWith('g');
    const attempt = async (batch: Batch): Promise<void> => {
      const name = nameOf(batch);
      this.running.add(name);
      await new Promise<void>((resolve) => this.ends.set(name, resolve));
      this.running.delete(name);
    };
    return new Lanes({ jobs, isOnGpu, cores: 2 }).drain(this.queue, attempt, this.controller.signal);
  }

  async end(name: string): Promise<string[]> {
    this.ends.get(name)!();
    await new Promise((resolve) => setImmediate(resolve));
    return [...this.running];
  }

  abort(): void {
    this.controller.abort();
  }
}

function nameOf({ trials }: Batch): string {
  return trials[0]!.hash;
}

describe('processes of a sweep', () => {
  it('are one on a GPU and beside it one a core, unless told', async () => {
    const scene = new Scene(['g1', 'g2', 'a', 'b', 'c']);
    const over = scene.drain();
    expect([...scene.running]).toEqual(['g1', 'a', 'b']);
    expect(await scene.end('a')).toEqual(['g1', 'b', 'c']);
    expect(await scene.end('g1')).toEqual(['b', 'c', 'g2']);
    for (const name of ['b', 'c', 'g2']) await scene.end(name);
    await over;
  });

  it('are as many as told, of whatever kind, in their order', async () => {
    const scene = new Scene(['g1', 'g2', 'a', 'b']);
    const over = scene.drain(3);
    expect([...scene.running]).toEqual(['g1', 'g2', 'a']);
    expect(await scene.end('g2')).toEqual(['g1', 'a', 'b']);
    for (const name of ['g1', 'a', 'b']) await scene.end(name);
    await over;
  });

  it('are side by side where a batch is begun again in halves', async () => {
    const scene = new Scene(['g']);
    const over = scene.drain(2);
    scene.put('g-first', 'g-second');
    expect(await scene.end('g')).toEqual(['g-first', 'g-second']);
    for (const name of ['g-first', 'g-second']) await scene.end(name);
    await over;
  });

  it('are no more once the sweep is told to stop', async () => {
    const scene = new Scene(['a', 'b', 'c']);
    const over = scene.drain();
    scene.abort();
    expect(await scene.end('a')).toEqual(['b']);
    await scene.end('b');
    await over;
    expect(scene.queue.map(nameOf)).toEqual(['c']);
  });

  it('are none where there is nothing to do', async () => {
    await new Scene([]).drain();
  });

  it('end with the error of one that fails', async () => {
    const lanes = new Lanes({ jobs: 2, isOnGpu: () => false });
    const fail = (): Promise<void> => Promise.reject(new Error('no process'));
    const batch = { trials: [], starts: 0 };
    await expect(lanes.drain([batch, batch], fail, new AbortController().signal)).rejects.toThrow('no process');
  });
});
