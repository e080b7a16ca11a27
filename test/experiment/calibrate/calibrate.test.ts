import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingJob } from '../../../src/experiment/batch/job.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { fold, keyOf, normal, uniform } from '../../../src/random.js';
import { Scratch } from '../scratch.js';
import { accuracy, calibrated, logit, oneTarget, pretend, smallCalibration, type Truth } from './synthetic.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

/** Both targets are met where sigma is at 0.6 of its range and rate at 0.4, and nowhere else in the box. */
const crossing: Truth = (sigma, rate, second) =>
  second
    ? logit(0.85) + 1.2 * (sigma - 0.6) - 1.5 * (rate - 0.4) + 0.5 * (sigma - 0.6) * (rate - 0.4)
    : logit(0.9) - 1.5 * (sigma - 0.6) - 1.0 * (rate - 0.4) - 0.8 * (sigma - 0.6) ** 2;

/** Only the product of both matters: the sum of their logarithms. */
const product: Truth = (sigma, rate) => logit(0.9) + 2 * (1 - sigma - rate);

const at = (low: number, place: number): number => low * 100 ** place;

describe('a calibration with a known answer', () => {
  it('finds it within the interval that it states, and confirms it', async () => {
    const result = await calibrated(scratch, smallCalibration, pretend(crossing));
    const [family] = result.families;
    const [sigma, rate] = family!.identifiability.parameters;
    expect(sigma!.interval[0]).toBeLessThan(at(0.001, 0.6));
    expect(sigma!.interval[1]).toBeGreaterThan(at(0.001, 0.6));
    expect(rate!.interval[0]).toBeLessThan(at(0.01, 0.4));
    expect(rate!.interval[1]).toBeGreaterThan(at(0.01, 0.4));
    // And the interval says something: a tenth of the range or so, where it was all of it.
    expect([sigma!.identified, rate!.identified]).toEqual(['yes', 'yes']);
    expect(Math.max(sigma!.widthRatio, rate!.widthRatio)).toBeLessThan(0.25);
    expect(family!.values.sigma! / at(0.001, 0.6)).toBeGreaterThan(0.6);
    expect(family!.values.sigma! / at(0.001, 0.6)).toBeLessThan(1.7);
    for (const target of family!.targets) {
      expect(Math.abs(target.predicted.accuracy - target.accuracy)).toBeLessThan(target.tolerance);
      expect(Math.abs(target.confirmed!.accuracy - target.accuracy)).toBeLessThan(
        target.tolerance + 3 * target.confirmed!.error,
      );
    }
  });

  it('learns how the rungs foretell the full run, and how much seeds differ', async () => {
    const { families } = await calibrated(scratch, smallCalibration, pretend(crossing));
    const [first] = families[0]!.targets;
    const [cheap, middle] = first!.lines;
    // Planted: 0.6 (one epoch) and 0.2 (three) lower on the logit scale, a slope of about 1.
    expect(middle!.slope).toBeGreaterThan(0.8);
    expect(middle!.slope).toBeLessThan(1.2);
    expect(middle!.slope * (logit(0.9) - 0.2) + middle!.intercept).toBeCloseTo(logit(0.9), 1);
    expect(cheap!.residual).toBeGreaterThan(middle!.residual);
    expect(first!.seedSd / (0.04 * 0.09)).toBeGreaterThan(0.7);
    expect(first!.seedSd / (0.04 * 0.09)).toBeLessThan(1.3);
    // Four seeds of a spread of 0.36 points, a smooth surface: foretold to about that error.
    expect(first!.surface.crossValidatedError).toBeLessThan(0.008);
  });

  it('says of two parameters that act through their product alone that they cannot be told apart', async () => {
    const { families } = await calibrated(scratch, oneTarget, pretend(product));
    const { correlation, directions, parameters, sentences } = families[0]!.identifiability;
    expect(correlation[0]![1]).toBeLessThan(-0.95);
    expect(parameters.map(({ identified }) => identified)).not.toContain('yes');
    const [wide, narrow] = directions;
    expect(wide!.widthRatio).toBeGreaterThan(1);
    expect(narrow!.widthRatio).toBeLessThan(0.2);
    expect(Math.abs(wide!.components.sigma! + wide!.components.rate!)).toBeLessThan(0.1);
    expect(sentences).toContainEqual(
      expect.stringMatching(/^sigma and rate are not identifiable apart \(correlation −(0\.9|1\.00)/),
    );
    expect(sentences).toContainEqual(expect.stringMatching(/^The combination .* is not identifiable/));
  });

  it('takes, of the points that meet the targets, the one with most of what is preferred', async () => {
    const wish = `${oneTarget}prefer: { value: sigma, wanted: largest }\n`;
    const { families } = await calibrated(scratch, wish, pretend(product));
    const [{ values, preferred, meeting, targets, identifiability }] = families as [(typeof families)[0]];
    expect(preferred).toBe(values.sigma);
    expect(values.sigma).toBeGreaterThan(identifiability.parameters[0]!.interval[1]);
    expect(meeting.count).toBeGreaterThan(100);
    expect(Math.abs(targets[0]!.predicted.accuracy - 0.9)).toBeLessThanOrEqual(0.004);
  });

  it('compares alternatives and hands on the one that reaches the targets', async () => {
    const text = `${oneTarget}alternatives:
  - { name: far, overrides: [crossbar.coding=offset] }
  - { name: near, overrides: [crossbar.coding=differential-pair] }
`;
    const train = pretend(product);
    const lower = pretend((sigma, rate) => product(sigma, rate, false) - 3);
    const { best, families } = await calibrated(scratch, text, (jobs, done) =>
      (jobs.some(({ overrides }) => overrides.includes('crossbar.coding=offset')) ? lower : train)(jobs, done),
    );
    expect(best).toBe('near');
    expect(families.map(({ family }) => family)).toEqual(['far', 'near']);
    expect(families[1]!.evidence.log - families[0]!.evidence.log).toBeGreaterThan(3);
  });
});

describe('the interval of a calibration', () => {
  // Truths drawn from the box, each target off by its tolerance as its σ says: 90 % should hold what they are to hold.
  it('holds the truth as often as it says', async () => {
    const trials = 60;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const key = fold(keyOf(5, 'initialWeights'), trial);
      const [sigma, rate] = [uniform(key, 0), uniform(key, 1)];
      const bend = 2 * uniform(key, 2) - 1;
      const truth: Truth = (s, r, second) =>
        second ? 2 + 1.5 * s - 1.5 * r + bend * s * r : 2.2 - 1.5 * s - 1.2 * r + bend * Math.sin(3 * s);
      const goal = (second: boolean, draw: number): number => {
        const exact = accuracy(truth(sigma, rate, second));
        return exact + 0.01 * normal(key, draw);
      };
      const text = smallCalibration
        .replace('accuracy: 0.9\n', `accuracy: ${goal(false, 3)}\n`)
        .replace('accuracy: 0.85', `accuracy: ${goal(true, 4)}`)
        .replaceAll('tolerance: 0.004', 'tolerance: 0.01')
        .replace('candidates: 24', `seed: ${trial}, confirm: 0, candidates: 16`)
        .replace('rounds: 1', 'rounds: 0');
      const result = await calibrated(scratch, text, pretend(truth), { quick: true, out: `trial${trial}` });
      const [s, r] = result.families[0]!.identifiability.parameters;
      if (s!.interval[0] <= at(0.001, sigma) && at(0.001, sigma) <= s!.interval[1]) held++;
      if (r!.interval[0] <= at(0.01, rate) && at(0.01, rate) <= r!.interval[1]) held++;
    }
    // 120 intervals at 90 %: a standard error of 2.7 points, a little more because two share a trial.
    expect(held / (2 * trials)).toBeGreaterThan(0.81);
    expect(held / (2 * trials)).toBeLessThan(0.98);
    // Sixty whole calibrations: half a minute on a quiet core, minutes on a busy one.
  }, 900_000);
});

describe('a folder', () => {
  /** The report without what the clock and the checkout say. */
  const reportIn = (out: string): unknown => {
    const { finished, commit, ...rest } = JSON.parse(readFileSync(scratch.path(out, 'report.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect([typeof finished, commit]).toEqual(['string', expect.anything()]);
    return rest;
  };

  it('goes on after a kill in the middle of a line, and comes to the same end', async () => {
    // So much noise that the search would choose otherwise if it knew of a run before it asked for it.
    const noisy = (jobs: TrainingJob[]) => pretend(crossing, 0.3, jobs);
    const heard: TrainingJob[] = [];
    await calibrated(scratch, smallCalibration, noisy(heard));
    const whole = reportIn('out');
    const journal = scratch.path('out', 'runs.jsonl');
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(heard.length);
    writeFileSync(journal, `${lines.slice(0, 20).join('\n')}\n${lines[20]!.slice(0, 40)}`);
    const again: TrainingJob[] = [];
    await calibrated(scratch, smallCalibration, noisy(again));
    expect(again).toHaveLength(heard.length - 20);
    expect(reportIn('out')).toEqual(whole);
    expect(readFileSync(journal, 'utf8').trimEnd().split('\n')).toHaveLength(heard.length);
    const none: TrainingJob[] = [];
    await calibrated(scratch, smallCalibration, noisy(none));
    expect(none).toEqual([]);
    expect(reportIn('out')).toEqual(whole);
  });

  it('says which line of its runs is none', async () => {
    await calibrated(scratch, oneTarget, pretend(product));
    const journal = scratch.path('out', 'runs.jsonl');
    const lines = readFileSync(journal, 'utf8').split('\n');
    writeFileSync(journal, lines.with(2, '{"family": 1}').join('\n'));
    await expect(calibrated(scratch, oneTarget, pretend(product))).rejects.toThrow(
      /runs\.jsonl:3: is not a run of a calibration; take the line out/,
    );
  });

  it('holds every run with what decided it, and the fitted point as experiments that load', async () => {
    const { families, runs } = await calibrated(scratch, smallCalibration, pretend(crossing));
    const lines = readFileSync(scratch.path('out', 'runs.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(runs.made);
    const line = JSON.parse(lines[0]!) as Record<string, unknown>;
    expect(Object.keys(line).sort()).toEqual([
      'accuracy',
      'candidate',
      'commit',
      'config',
      'correct',
      'count',
      'family',
      'parameters',
      'rung',
      'seconds',
      'seed',
      'target',
    ]);
    const { config } = loadExperiment(scratch.path('out', 'fitted-second.yaml'));
    expect(config.training.learningRate).toBe(families[0]!.values.rate);
    expect(config.device).toMatchObject({
      cycleToCycle: families[0]!.values.sigma,
      origin: { cycleToCycle: 'fitted: calibration small' },
    });
    expect(config.origin).toMatchObject({ 'training.learningRate': 'fitted: calibration small' });
    scratch.write('mine.yaml', `extends: out/fitted-first.yaml\nname: mine\n`);
    expect(loadExperiment(scratch.path('mine.yaml')).config.training.epochs).toBe(9);
    const overrides = readFileSync(scratch.path('out', 'device-overrides.yaml'), 'utf8');
    expect(overrides).toContain(`device:\n  cycleToCycle: ${families[0]!.values.sigma}\n`);
  });

  it('goes on without the candidates whose runs failed, and ends where all do', async () => {
    const told: string[] = [];
    const train = pretend(product);
    const result = await calibrated(
      scratch,
      oneTarget,
      (jobs, done) => {
        const broken = (job: TrainingJob): boolean => job.seed % 7000 < 1000;
        return train(jobs, (i, good) => {
          done(i, broken(jobs[i]!) ? { error: `${jobs[i]!.label}: no space` } : good);
        });
      },
      { warn: (message) => told.push(message) },
    );
    expect(result.runs.failed).toBeGreaterThan(0);
    expect(told).toHaveLength(result.runs.failed);
    expect(told[0]).toMatch(/^first, candidate \d+, rung \d, seed \d+: no space$/);
    const failing = calibrated(
      scratch,
      oneTarget,
      (jobs, done) => {
        jobs.forEach((_, i) => {
          done(i, { error: 'no space' });
        });
        return Promise.resolve([]);
      },
      { out: 'other' },
    );
    await expect(failing).rejects.toThrow(
      /^small: start, 6 pilots at every rung: all of its \d+ runs failed; see the messages/,
    );
  });
});
