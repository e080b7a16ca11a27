import { describe, expect, it } from 'vitest';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import { ledgerColumns, type LedgerEntry } from '../../kernels/ledger.js';
import type { HostOnlineSgdSession, Replica, Samples } from '../../kernels/online-sgd/contract.js';
import { lossesAfter } from '../../src/crossbar/drift.js';
import { ledgerChoices, networkOf, sampleChoiceOf } from '../helpers/kernels-cases.js';
import {
  allConverters,
  arraysOf,
  everySample,
  expectSameBits,
  forgetful,
  replicaOf,
  samplesOf,
} from '../helpers/kernels.js';

const cases = ledgerChoices();

function trained(replica: Replica, choice: (typeof cases)[number], ledger: boolean, backend: 'wasm' | 'cpu') {
  const session = hostKernels[backend].OnlineSgd.open([replica], { ledger });
  const samples = samplesOf(sampleChoiceOf(choice));
  const handle = session.load(samples);
  // Over a step at which everything is summed afresh.
  session.train(handle, everySample(samples.count), 1020);
  return session;
}

function entryArrays(entries: readonly LedgerEntry[]): Record<string, Float32Array | Float64Array> {
  const named = entries.flatMap(({ columns, pulses }, l) => [
    ...ledgerColumns.map((name) => [`layer ${l} ${name}`, columns[name]] as const),
    ...([[`layer ${l} plus`, pulses.plus] as const, [`layer ${l} minus`, pulses.minus] as const] as const),
  ]);
  return Object.fromEntries<Float32Array | Float64Array>(named);
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

describe.each(cases)('the ledger, $device $coding $policy $shape', (choice) => {
  const replica = replicaOf(networkOf(choice), 11);

  it.each(hostBackends)('changes no bit of the training on %s', (backend) => {
    const [plain, recorded] = [false, true].map((ledger) => trained(replica, choice, ledger, backend));
    expectSameBits(arraysOf(recorded!.states(0)), arraysOf(plain!.states(0)));
  });

  it('has the bits of the reference in WASM', () => {
    const [reference, wasm] = (['cpu', 'wasm'] as const).map((backend) => trained(replica, choice, true, backend));
    const expected = entryArrays(reference!.ledger(0));
    expectSameBits(entryArrays(wasm!.ledger(0)), expected);
    expect(Object.values(expected).some((values) => sum(values) > 0)).toBe(true);
  });

  it('counts each pulse once, in its column and in its cell', () => {
    for (const { columns, pulses } of trained(replica, choice, true, 'wasm').ledger(0)) {
      const counted = sum(columns.up) + sum(columns.down) + sum(columns.erasures);
      expect(sum(pulses.plus) + sum(pulses.minus)).toBeCloseTo(counted, 2);
    }
  });
});

describe.each(cases)('a ledger that other sessions take up, $device $coding $policy $shape', (choice) => {
  const replica = replicaOf(networkOf(choice), 11);
  const samples = samplesOf(sampleChoiceOf(choice));
  const all = everySample(samples.count);
  /** Before and behind the step at which everything is summed afresh, with little and with much in between. */
  const cuts = [0, 2, 5, 11, samples.count];

  it.each([['wasm'], ['cpu'], ['wasm', 'cpu']] as const)('comes to the same bits, over %s %s', (...backends) => {
    const alone = trained(replica, choice, true, 'wasm');
    let kept: Pick<Replica, 'states' | 'ledgers'> = { states: replica.states };
    let last: HostOnlineSgdSession | undefined;
    cuts.slice(1).forEach((end, i) => {
      const kernel = hostKernels[backends[i % backends.length]!].OnlineSgd;
      last = kernel.open([{ ...replica, ...structuredClone(kept) }], { ledger: true });
      last.train(last.load(samples), all.subarray(cuts[i], end), 1020 + cuts[i]!);
      kept = { states: last.states(0), ledgers: last.ledgers(0) };
    });
    expectSameBits(arraysOf(last!.states(0)), arraysOf(alone.states(0)));
    expectSameBits(entryArrays(last!.ledger(0)), entryArrays(alone.ledger(0)));
  });
});

describe('a ledger in WASM has the bits of the reference', () => {
  const opened = (replica: Replica, backend: 'wasm' | 'cpu') =>
    hostKernels[backend].OnlineSgd.open([replica], { ledger: true });

  const entriesOf = (replica: Replica, samples: Samples, backend: 'wasm' | 'cpu') => {
    const session = opened(replica, backend);
    session.train(session.load(samples), everySample(samples.count), 1);
    return entryArrays(session.ledger(0));
  };

  it('where many updates move no cell, so that reads wait for one that does', () => {
    const device = 'noisy exponential';
    const fine = replicaOf({ sizes: [50, 20], device, crossbar: { pulsePolicy: 'fractional' } }, 3);
    // Of a sigmoid's errors, 0.148 at most, the largest alone are not rounded to zero.
    const converters = { ...allConverters, updateError: { bits: 1, max: 0.294 } };
    const layers = fine.program.layers.map((layer) => ({ ...layer, crossbar: { ...layer.crossbar, converters } }));
    const replica = { ...fine, program: { ...fine.program, layers } };
    const samples = samplesOf({ kind: 'codes', count: 60, features: 50, classes: 20, background: -0.4 });
    const single = opened(replica, 'cpu');
    const handle = single.load(samples);
    const still = [...everySample(samples.count)].filter((sample) => {
      single.train(handle, Uint32Array.of(sample), 1 + sample);
      const { columns } = single.ledger(0)[0]!;
      return sum(columns.up) + sum(columns.down) === 0;
    });
    expect(still.length).toBeGreaterThan(samples.count / 4);
    expect(still.length).toBeLessThan((samples.count * 3) / 4);
    expectSameBits(entriesOf(replica, samples, 'wasm'), entriesOf(replica, samples, 'cpu'));
  });

  it('where a cell is pulsed more often between two settlings than a byte counts', () => {
    const replica = replicaOf({ sizes: [12, 4], device: 'noisy exponential', learningRate: 3 }, 3);
    const samples = samplesOf({ kind: 'codes', count: 1000, features: 12, classes: 4, background: -0.4 });
    const session = opened(replica, 'cpu');
    session.train(session.load(samples), everySample(samples.count), 1);
    const ones = session.ledgers(0)[0]!.counts.flatMap((counts) => [...counts.ones]);
    expect(Math.max(...ones)).toBeGreaterThan(256);
    expectSameBits(entriesOf(replica, samples, 'wasm'), entryArrays(session.ledger(0)));
  });
});

describe.each(hostBackends)('what is recorded on %s', (backend) => {
  const choice = cases[0]!;
  const replica = replicaOf(networkOf(choice), 11);
  const { crossbar } = replica.program.layers[0]!;
  const { rows, cols, conductanceFloor } = crossbar;
  const samples = samplesOf(sampleChoiceOf(choice));

  function open(): { session: HostOnlineSgdSession; handle: number } {
    const session = hostKernels[backend].OnlineSgd.open([replica], { ledger: true });
    return { session, handle: session.load(samples) };
  }

  /** G of a weight's cells together, gMin included. */
  const totals = (session: HostOnlineSgdSession): number[] => {
    const { plus, minus } = session.states(0)[0]!;
    return Array.from(plus, (g, i) => g + minus[i]! + 2 * conductanceFloor);
  };

  it('of reads is Σx²·G at every step, summed up in double precision sample by sample', () => {
    const { session, handle } = open();
    const expected = new Float64Array(cols);
    const inputs = inputsOf(samples);
    everySample(samples.count).forEach((index, step) => {
      const g = totals(session);
      for (let i = 0; i < rows; i++) {
        const x = inputs(index, i);
        for (let j = 0; j < cols; j++) expected[j]! += x * x * g[i * cols + j]!;
      }
      session.train(handle, Uint32Array.of(index), step);
    });
    session.ledger(0)[0]!.columns.forward.forEach((value, j) => {
      expect(value / expected[j]!).toBeCloseTo(1, 5);
    });
  });

  it.each(['lookup table', 'noisy exponential'] as const)(
    'of fractions of a pulse is n·G, of their reads Σx²·G, %s',
    (device) => {
      const fractional = replicaOf(networkOf({ ...choice, device, policy: 'fractional', shape: '50x70' }), 11);
      const wide = samplesOf(sampleChoiceOf({ ...choice, shape: '50x70' }));
      const session = hostKernels[backend].OnlineSgd.open([fractional], { ledger: true });
      const handle = session.load(wide);
      const floor = fractional.program.layers[0]!.crossbar.conductanceFloor;
      everySample(wide.count).forEach((index, step) => {
        const { plus, minus } = session.states(0)[0]!;
        session.train(handle, Uint32Array.of(index), step);
        const [{ columns, pulses }] = session.ledger(0) as [LedgerEntry];
        const expected = new Float64Array(columns.up.length);
        let work = 0;
        plus.forEach((g, cell) => {
          const x = inputsOf(wide)(index, Math.floor(cell / expected.length));
          expected[cell % expected.length]! += x * x * (g + minus[cell]! + 2 * floor);
          work += pulses.plus[cell]! * (g + floor) + pulses.minus[cell]! * (minus[cell]! + floor);
        });
        columns.forward.forEach((value, j) => {
          expect(value / expected[j]!).toBeCloseTo(1, 5);
        });
        if (work > 0) expect((sum(columns.upWork) + sum(columns.downWork)) / work).toBeCloseTo(1, 5);
      });
    },
  );

  it('of whole pulses is n·(G + G′)/2, cell by cell', () => {
    const { session, handle } = open();
    let [work, count] = [0, 0];
    everySample(samples.count).forEach((index, step) => {
      const before = session.states(0)[0]!;
      session.ledger(0);
      session.train(handle, Uint32Array.of(index), step);
      const after = session.states(0)[0]!;
      const { columns, pulses } = session.ledger(0)[0]!;
      let expected = 0;
      for (const polarity of ['plus', 'minus'] as const) {
        pulses[polarity].forEach((n, cell) => {
          expected += n * ((before[polarity][cell]! + after[polarity][cell]!) / 2 + conductanceFloor);
        });
      }
      const recorded = sum(columns.upWork) + sum(columns.downWork);
      if (expected > 0) expect(recorded / expected).toBeCloseTo(1, 5);
      work += recorded;
      count += sum(columns.up) + sum(columns.down);
    });
    expect(count).toBeGreaterThan(20);
    expect(work).toBeGreaterThan(0);
  });

  it('begins anew when it is taken, and the parts come to the whole', () => {
    const [once, twice] = [open(), open()];
    const all = everySample(samples.count);
    const half = Math.floor(all.length / 2);
    once.session.train(once.handle, all, 0);
    const [whole] = once.session.ledger(0);
    twice.session.train(twice.handle, all.subarray(0, half), 0);
    const [first] = twice.session.ledger(0);
    twice.session.train(twice.handle, all.subarray(half), half);
    const [second] = twice.session.ledger(0);
    for (const name of ledgerColumns) {
      expect(sum(first!.columns[name]) + sum(second!.columns[name])).toBeCloseTo(sum(whole!.columns[name]), 2);
    }
    expect(sum(twice.session.ledger(0)[0]!.columns.forward)).toBe(0);
  });

  it('knows of drift', () => {
    const hot = replicaOf(networkOf(choice), 11);
    const layers = hot.program.layers.map((layer) => ({ ...layer, crossbar: forgetful(layer.crossbar, 'one class') }));
    const session = hostKernels[backend].OnlineSgd.open([{ ...hot, program: { ...hot.program, layers } }], {
      ledger: true,
    });
    const handle = session.load(samples);
    const program = layers[0]!.crossbar;
    session.drift(0, 0, lossesAfter(program, [{ temperature: 450, time: 1e6 }], { seed: 11, layer: 0 })!);
    session.ledger(0);
    session.train(handle, Uint32Array.of(0), 0);
    // Everything was forgotten: the one read found no more than gMin.
    const power = Array.from({ length: rows }, (_, i) => inputsOf(samples)(0, i) ** 2).reduce((a, b) => a + b, 0);
    session.ledger(0)[0]!.columns.forward.forEach((value) => {
      expect(value).toBeCloseTo(power * 2 * conductanceFloor, 4);
    });
  });

  it('is refused where none is kept, and of cells that are not there', () => {
    const session = hostKernels[backend].OnlineSgd.open([replica]);
    expect(() => session.ledger(0)).toThrow(/keeps no ledger; open it with ledger: true/);
    expect(() => session.ledgers(0)).toThrow(/keeps no ledger; open it with ledger: true/);
    const ideal = replicaOf(networkOf({ ...choice, device: 'ideal' }), 1);
    expect(() => hostKernels[backend].OnlineSgd.open([ideal], { ledger: true })).toThrow(
      /no cells, pulses or currents/,
    );
  });

  it('is refused of another network, or where none is kept', () => {
    const { session } = open();
    const [first, ...others] = session.ledgers(0);
    const opened = (ledgers: Replica['ledgers'], ledger = true) =>
      hostKernels[backend].OnlineSgd.open([{ ...replica, ledgers }], { ledger });
    expect(() => opened([first!, ...others], false)).toThrow(/replica 0: has ledgers to go on with, but none is kept/);
    expect(() => opened([first!])).toThrow(/has 3 layers but 1 ledgers/);
    const short = { ...first!, excess: first!.excess.subarray(1) };
    expect(() => opened([short, ...others])).toThrow(`layer 0: ledger.excess has ${rows - 1} values, expected ${rows}`);
    const narrow = { ...first!, recent: { ...first!.recent, lost: new Float32Array(0) } };
    expect(() => opened([narrow, ...others])).toThrow(`layer 0: ledger.recent.lost has 0 values, expected ${cols}`);
    const single = { ...first!, counts: first!.counts.slice(1) };
    expect(() => opened([single, ...others])).toThrow('layer 0: ledger.counts has 1 polarities, expected 2');
  });
});

/** x of a sample's row; a bias is a 1 behind the features. */
function inputsOf(samples: ReturnType<typeof samplesOf>): (sample: number, row: number) => number {
  return (sample, row) => {
    if (row >= samples.features) return 1;
    const at = sample * samples.features + row;
    return samples.kind === 'codes' ? samples.values[samples.codes[at]!]! : samples.values[at]!;
  };
}
