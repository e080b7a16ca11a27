import { loadExperiment } from '../../experiment/loader.js';
import { shippedConfigs } from '../../experiment/files.js';
import { loadFile, shippedCases, type LoadedCase } from '../../experiment/verify/case-files.js';
import type { RegressionCase } from '../../experiment/verify/case.js';
import { verifyCases, type CaseRunner } from '../../experiment/verify/verify.js';
import type { Evidence } from './table.js';

/** The regression that holds each headline accuracy. */
const cases = { H1: 'orhd-device', H2: 'mnist-device', H3: 'ws2-mnist' } as const;

/** The experiment whose report shows the figures of B24. */
const shownBy = 'ws2-mnist';

type Headline = keyof typeof cases;

export const headlines = Object.keys(cases) as Headline[];

/** The regression of a headline accuracy, as it is shipped. */
export function headlineCase(id: Headline) {
  return loadFile(shippedCases().get(cases[id])!)[0]!;
}

/**
 * Headline accuracies as they were last measured (`mho verify` trains them anew), and the figures that their report has.
 * Nothing is trained.
 */
export function recordedEvidence(): Evidence[] {
  return [...headlines.map((id) => recorded(id, headlineCase(id).config)), ...shownFigures()];
}

function recorded(id: Headline, config: RegressionCase): Evidence {
  const { expected } = config;
  const value = expected && 'value' in expected ? expected.value : NaN;
  const when = expected ? `recorded ${expected.measured} at ${expected.commit}` : 'never measured';
  return accuracyEvidence(id, config, value, when);
}

/**
 * Headline accuracies trained anew, with the seeds of their regressions; minutes of work.
 * @param trainedBy - the regression that trains each headline
 */
export async function trainedEvidence(
  runner: CaseRunner,
  trainedBy: (id: Headline) => LoadedCase = headlineCase,
): Promise<Evidence[]> {
  const verdicts = await verifyCases(headlines.map(trainedBy), runner);
  const trained = headlines.map((id, i) => {
    const { config, measured } = verdicts[i]!;
    return accuracyEvidence(id, config, measured?.value ?? NaN, `trained with ${measured?.runs ?? 0} seeds`);
  });
  return [...trained, ...shownFigures()];
}

/** A headline accuracy held against what its regression accepts of the paper's. */
export function accuracyEvidence(id: Headline, config: RegressionCase, value: number, how: string): Evidence {
  const [low, high] = config.accept ?? [NaN, NaN];
  const percent = (x: number): string => `${Number((100 * x).toFixed(2))} %`;
  return {
    ...{ claim: id, quantity: `accuracy, ${config.statistic} over seeds`, at: how, simulated: value, unit: 'number' },
    ...{ shown: percent(value), paper: paperAccuracy(id), accepted: `${percent(low)} … ${percent(high)}` },
    verdict: value >= low && value <= high ? 'met' : 'not met',
    from: config.name,
  };
}

function paperAccuracy(id: Headline): string {
  const { config } = loadExperiment(headlineCase(id).experiment);
  return config.published === 'none' ? 'none' : (config.published.accuracy?.printed ?? 'none');
}

/** Weight maps and confusion matrices are kept by the experiment that stands for the paper's figure 5. */
function shownFigures(): Evidence[] {
  const { config } = loadExperiment(shippedConfigs('experiments').get(shownBy)!);
  const figures = config.published === 'none' ? undefined : config.published.figures;
  const shown = [
    ['weight maps are recorded', config.record.weightMaps !== false && figures?.weightMaps !== undefined],
    ['confusion matrices are recorded', config.record.evaluateAt !== undefined && figures?.confusion !== undefined],
  ] as const;
  return shown.map(([quantity, value]) => ({
    ...{ claim: 'B24', quantity, at: null, simulated: value, unit: 'property', shown: value ? 'yes' : 'no' },
    ...{ paper: 'figures 5c, 5d', accepted: 'holds', verdict: value ? ('met' as const) : ('not met' as const) },
    from: shownBy,
  }));
}
