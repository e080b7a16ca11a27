import { describe, expect, it } from 'vitest';
import { characterize } from '../../src/characterization/characterize.js';
import { loadCharacterization } from '../../src/characterization/load.js';

/** A cell or an instrument other than the shipped one, and the claims that it must then fail. */
const wrong: readonly (readonly [file: string, sets: string | readonly string[], fails: readonly string[]])[] = [
  ['an2022-tunnelling-thickness', 'barrier=1.1 eV', ['B10']],
  ['an2022-retention', 'cell.retention.activationEnergy=1.3 eV', ['B14']],
  ['an2022-retention', 'cell.gMax=1.05 nS', ['B14']],
  ['an2022-retention-heat', 'cell.retention.activationEnergy=1.5 eV', ['B19']],
  ['an2022-retention-heat', 'cell.retention.gateRate=1e-8 Hz', ['B25']],
  ['an2022-retention-heat', 'cell.retention.activationEnergy=1.25 eV', ['B19', 'B20', 'B25']],
  ['an2022-retention-nanosheets', 'cell.retention.depth=1.2 eV', ['B15']],
  ['an2022-retention-nanosheets', 'cell.retention.depth=0.9 eV', ['B15']],
  ['wang2022-retention', 'cell.retention={ model: arrhenius, activationEnergy: 1.0 eV }', ['A6']],
  ['an2022-pulse-energy', 'cell.drive.ltp.width=1 s', ['B8']],
  ['an2022-pulse-energy', 'cell.drive.read.voltage=1.5 V', ['B8']],
  ['wang2022-switching-power', 'set.before=0.62 nS', ['A7']],
  ['wang2022-switching-power', 'reset.voltage=-0.2 V', ['A7']],
  ['an2022-iv-slopes', 'cell.high.segments[1].slope=1.3', ['B13']],
  ['an2022-iv-slopes', 'cell.high.segments[2].slope=2.4', ['B13']],
  ['an2022-iv-slopes', 'cell.high.segments[1].upTo=2.3 V', ['B13']],
  ['an2022-iv-slopes', 'set=4.3 V', ['B13']],
  ['an2022-iv-slopes', 'devices.spread=0.1', ['B3']],
  // A device in which hopping carries the current beyond 4 V, as it does with nanosheets.
  ['an2022-iv-slopes', ['cell.low.segments=[{ law: hopping, slope: 2.5 }]', 'cell.switchingTime=1 ms'], ['B11']],
  ['an2022-nanosheet-iv', 'cell.high.segments[1]={ law: power, slope: 12, upTo: 4.15 V }', ['B11']],
  ['an2022-nanosheet-iv', 'cell.high.segments[2].scale=8 V', ['B12']],
  ['wang2022-control', 'cell.high.segments[0].slope=1.05', ['A8']],
  ['wang2022-control', ['set=3 V', 'cell.low.current=1.1 mA'], ['A8']],
  ['wang2022-set-voltage', 'set.mean=0.56 V', ['A2']],
  ['wang2022-switching', 'set.range=[0.20 V, 0.90 V]', ['A2']],
  ['wang2022-switching', 'reset.mode=-0.25 V', ['A3']],
  ['wang2022-switching', 'cell.low.current=0.4 uA', ['A4']],
  ['wang2022-switching', 'scatter.high=2', ['A4']],
  ['wang2022-switching', 'wear.high=0.01', ['A5']],
  ['wang2022-switching', 'wear.low=-0.01', ['A5']],
  ['wang2022-switching', 'reset.range=[-0.9 V, -0.6 V]', ['A1', 'A3']],
  ['an2022-set-voltage', 'set.mean=4.2 V', ['B1']],
  ['an2022-set-voltage', 'control.thickness=1 nm', ['B1']],
  ['wang2022-tunnelling', 'states[0].depth=1.5 eV', ['A11', 'A12']],
  ['wang2022-tunnelling', 'states[1].distance=0.35 nm', ['A11', 'A12']],
  ['wang2022-relaxation', 'cell.fast.tau=52 us', ['A17', 'A18', 'A19', 'A20']],
  ['wang2022-relaxation', 'cell.activity.tau=700 us', ['A17', 'A20']],
  ['wang2022-relaxation', 'cell.activity.voltageExponent=1', ['A18']],
  ['wang2022-relaxation', 'cell.activity.widthExponent=0.4', ['A19']],
  // A second time in the tail, which equation 4 has no place for.
  ['wang2022-relaxation', 'cell.slow.step=0.01', ['A16']],
  [
    'wang2022-amplitude',
    'cell={ stable: { up: { voltageExponent: 0 } }, fast: { voltageExponent: 0 }, activity: { voltageExponent: 0 } }',
    ['A13'],
  ],
  [
    'wang2022-duration',
    'cell={ stable: { up: { widthExponent: 0 } }, fast: { widthExponent: 0 }, slow: { widthExponent: 0 } }',
    ['A14'],
  ],
  ['wang2022-interval', 'cell={ fast: { step: 0 }, slow: { step: 0 }, stable: { boost: 0 } }', ['A15']],
  ['wang2022-staircase', 'cell.fast.step=0', ['A21']],
  ['wang2022-stdp', 'cell.activity.tau=600 us', ['A22']],
  ['wang2022-stdp', 'cell.stable.boost=0', ['A22']],
  ['wang2022-stdp', 'cell.stable.down.step=0.02', ['A22']],
  ['wang2022-paired-pulse', 'cell.fast.tau=60 us', ['A23']],
  ['wang2022-paired-pulse', 'cell.slow.tau.up=800 us', ['A23']],
  ['wang2022-paired-pulse', 'cell.slow.tau.down=700 us', ['A23']],
  ['an2022-cycling', 'cell.release.rate=500 Hz', ['B5']],
  ['an2022-cycling', 'cell.cycleToCycle=0.02', ['B6', 'B7', 'B17']],
  ['an2022-cycling', 'cell.cycleToCycle=0.009', ['B7', 'B17']],
  // Traps so shallow that a set is forgotten between its pulses at 100 degC.
  ['an2022-cycling', 'cell.retention={ model: arrhenius, activationEnergy: 0.75 eV }', ['B17']],
  ['an2022-sweeps', 'cell.release={ at: 1.5 V }', ['B4']],
  ['an2022-letter-h', 'write=third', ['B18']],
  ['an2022-letter-h', 'wire=100 Mohm', ['B18']],
  // The traps of nanosheets.
  ['an2022-letter-h', 'cell.retention={ model: arrhenius, activationEnergy: 1.16 eV }', ['B18']],
];

function failedClaims(file: string, sets: string | readonly string[]): string[] {
  const { judgements } = characterize(loadCharacterization(file, [sets].flat()));
  return [...new Set(judgements.filter(({ verdict }) => verdict !== 'met').map(({ claim }) => claim ?? '?'))];
}

describe('a wrong parameter makes the verdict fail', () => {
  it.each(wrong)('%s with %s', (file, sets, fails) => {
    expect(failedClaims(file, sets)).toEqual(expect.arrayContaining([...fails]));
  });

  it('is tried of every claim that is measured here', () => {
    const tried = new Set(wrong.flatMap(([, , fails]) => fails));
    const files = [...new Set(wrong.map(([file]) => file))];
    const held = files.flatMap((file) => loadCharacterization(file).common.expected.map(({ claim }) => claim!));
    expect([...new Set(held)].filter((id) => !tried.has(id))).toEqual([]);
  });
});
