import { describe, expect, it } from 'vitest';
import { RunError } from '../../src/errors.js';
import { SessionLostError, type OnlineSgdSession, type Replica } from '../../kernels/online-sgd/contract.js';
import { RecoveringSession, type Opener } from '../../kernels/online-sgd/webgpu/recovering-session.js';
import { kernels } from '../../kernels/register.js';
import { DeviceLostError } from '../../kernels/webgpu/device.js';
import { arraysOf, expectSameBits, replicaOf } from '../helpers/kernels.js';
import { count, expected, firstStep, network, samples, train } from '../helpers/small-training.js';

/** A session that outlives its device, here on the host. */

describe('a session whose device is lost again and again', () => {
  const replica = replicaOf(network('linear'), 3);
  const lost = new DeviceLostError({ where: 'webgpu', what: 'lost' });

  /** Opens sessions on the host, of which the first fail to train. */
  function opener(failing: number, failure: Error) {
    let opened = 0;
    const open: Opener = async (replicas) => {
      const session = await kernels.cpu.OnlineSgd.open(replicas);
      return opened++ < failing ? { ...session, train: () => Promise.reject(failure) } : session;
    };
    return { open, opened: () => opened };
  }

  it('is given two others, then ends with the error', async () => {
    const { open, opened } = opener(Infinity, lost);
    const session = await RecoveringSession.open([replica], open);
    const error: unknown = await train(session).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionLostError);
    expect((error as Error).message).toBe(
      'webgpu: lost; 3 devices were lost one after the other; update the driver, or use --backend wasm, which gives the ' +
        'same network of the same seed',
    );
    const { checkpoint } = error as SessionLostError;
    expect(checkpoint.steps).toEqual([firstStep]);
    expectSameBits(arraysOf(checkpoint.states[0]!), arraysOf(replica.states));
    expect(opened()).toBe(3);
    // It stays so, whoever asks; no other device is looked for.
    await expect(session.states(0)).rejects.toBe(error);
    expect(opened()).toBe(3);
  });

  it('ends with what was kept where no other device can be had', async () => {
    const none = new RunError({ where: 'webgpu', what: 'no adapter was offered', remedy: 'install the driver' });
    const { open, opened } = opener(1, lost);
    const session = await RecoveringSession.open([replica], (from) =>
      opened() === 0 ? open(from) : Promise.reject(none),
    );
    const error: unknown = await train(session).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionLostError);
    expect((error as Error).message).toMatch(
      /^webgpu: lost; in 2 tries no other took its place: no adapter was offered; update the driver, or use/,
    );
    expectSameBits(arraysOf((error as SessionLostError).checkpoint.states[0]!), arraysOf(replica.states));
  });

  it('waits a little before it asks for another, longer each time', async () => {
    const times: number[] = [];
    const { open } = opener(Infinity, lost);
    const session = await RecoveringSession.open([replica], (from) => {
      times.push(performance.now());
      return open(from);
    });
    await expect(train(session)).rejects.toThrow(SessionLostError);
    const [first, second, third] = times;
    expect(second! - first!).toBeGreaterThan(200);
    expect(third! - second!).toBeGreaterThan(second! - first!);
  });

  it('keeps the step of each replica, as they may be out of step', async () => {
    const { open } = opener(0, lost);
    const replicas = [1, 2, 3].map((seed) => replicaOf(network('linear'), seed));
    const session = await RecoveringSession.open(replicas, open);
    const handle = await session.load(samples);
    const whole = Uint32Array.from({ length: 20_000 }, (_, i) => i % count);
    await session.train(handle, [whole, undefined, whole], 500);
    await session.train(handle, [undefined, whole.slice(0, 10), undefined], 7);
    const failing = session as unknown as { session: OnlineSgdSession; open: Opener };
    failing.session = { ...failing.session, train: () => Promise.reject(lost) };
    failing.open = () => Promise.reject(lost);
    const error: unknown = await session.train(handle, whole.slice(0, 1), 0).catch((thrown: unknown) => thrown);
    expect((error as SessionLostError).checkpoint.steps).toEqual([20_500, 7, 20_500]);
  });

  it('is opened on another device where one is lost meanwhile, or ends with what it was given', async () => {
    let tries = 0;
    const open: Opener = (replicas) => (tries++ === 0 ? Promise.reject(lost) : kernels.cpu.OnlineSgd.open(replicas));
    const session = await RecoveringSession.open([replica], open);
    await train(session);
    expectSameBits(arraysOf(await session.states(0)), expected(replica));
    expect(tries).toBe(2);
    const never = RecoveringSession.open([replica], () => Promise.reject(lost));
    const error: unknown = await never.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionLostError);
    expect((error as Error).message).toContain('webgpu: lost; 3 devices were lost one after the other');
    expect((error as SessionLostError).checkpoint.steps).toEqual([undefined]);
    // Where there was none to begin with, that is all there is to say.
    const none = new RunError({ where: 'webgpu', what: 'no adapter was offered' });
    await expect(RecoveringSession.open([replica], () => Promise.reject(none))).rejects.toBe(none);
  });

  it('goes on from the last checkpoint', async () => {
    const { open } = opener(2, lost);
    const session = await RecoveringSession.open([replica], open);
    await train(session, 30);
    expectSameBits(arraysOf(await session.states(0)), expected(replica));
  });

  it('does not try again what failed for another reason', async () => {
    const other = new RunError({ where: 'webgpu', what: 'refused' });
    const { open, opened } = opener(Infinity, other);
    const session = await RecoveringSession.open([replica], open);
    await expect(train(session)).rejects.toBe(other);
    expect(opened()).toBe(1);
  });

  it('keeps a checkpoint after 20 000 samples, and starts from it', async () => {
    const begun: Replica[] = [];
    const session = await RecoveringSession.open([replica], ([first]) => {
      begun.push(first!);
      return kernels.wasm.OnlineSgd.open([first!]);
    });
    const handle = await session.load(samples);
    const order = Uint32Array.from({ length: 20_000 }, (_, i) => i % count);
    await session.train(handle, order, 0);
    const reached = await session.states(0);
    // The next state is asked of a device that is gone.
    const failing = session as unknown as { session: OnlineSgdSession };
    failing.session = { ...failing.session, states: () => Promise.reject(lost), dispose: () => undefined };
    expectSameBits(arraysOf(await session.states(0)), arraysOf(reached));
    expectSameBits(arraysOf(begun[1]!.states), arraysOf(reached));
  });
});
