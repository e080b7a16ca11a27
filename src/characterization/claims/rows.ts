/** A row of what the two papers claim: A is Wang 2022 (Ag/WSe2 QDs/LSMO/STO), B is An 2022 (Al/PI-WS2 QD/ITO). */
export interface ClaimRow {
  readonly id: string;
  /** What is claimed. */
  readonly behaviour: string;
  /** The paper's numbers, or `none` where its text prints none. */
  readonly paper: string;
  /** Why meeting the row says less than its numbers: only a direction, or only the consistency of what was inferred. */
  readonly only?: string;
  /**
   * Why meeting the row is no prediction: a parameter was inferred from the very sentence that is held, so that the row
   * shows that law and estimator agree with it.
   */
  readonly calibrated?: string;
  /** How the row is held: by simulated measurements, by an experiment's recorded accuracy, or by what a report shows. */
  readonly by: 'measurement' | 'experiment' | 'report';
}

const measured = (id: string, behaviour: string, paper: string, only?: string): ClaimRow => {
  return { id, behaviour, paper, by: 'measurement', ...(only !== undefined && { only }) };
};

const calibrated = (row: ClaimRow, how: string): ClaimRow => ({ ...row, calibrated: how });

const toAccuracy = 'the paper prints no conductances: what it leaves open is calibrated to this accuracy';
const toSentence = 'the law of retention was inferred from this statement';

const free = 'the text prints no conditions, so that they are inferred with the law';

/** Every row that has an acceptance. */
export const claimRows: readonly ClaimRow[] = [
  calibrated({ id: 'H1', behaviour: '8x8 digits, 64-36-10', paper: '91.59 %', by: 'experiment' }, toAccuracy),
  calibrated({ id: 'H2', behaviour: 'MNIST, 784-300-10', paper: '94.05 %', by: 'experiment' }, toAccuracy),
  calibrated(
    { id: 'H3', behaviour: 'MNIST, 784-10, one pass, device of 100 degC', paper: '85.63 %', by: 'experiment' },
    toAccuracy,
  ),
  measured('A1', 'bipolar switching in 100 sweeps 0, 1, 0, -0.5, 0 V', '0.2 nA to 1 uA'),
  measured('A2', 'SET voltage', '0.52 ± 0.01 V, 0.30 … 0.75 V'),
  measured('A3', 'RESET voltage', '-0.19 ± 0.05 V, -0.15 … -0.49 V'),
  measured('A4', 'resistance levels', '1e6 and 1e9 ohm, ratio 5e3'),
  measured('A5', 'endurance', '100 cycles without degradation'),
  calibrated(
    measured('A6', 'retention at room temperature', '1.5e4 s'),
    'the paper has no other temperature: the device is defined to forget nothing, and only the reading is tried',
  ),
  calibrated(
    measured('A7', 'power per switching', '0.16 nW, 6 nW'),
    'the currents follow from the printed powers, and only the reading of a sweep is tried',
  ),
  measured('A8', 'control without quantum dots is ohmic', 'linear over 1 … 5 V'),
  measured('A11', 'trap-assisted tunnelling', 'equations 1 to 3'),
  measured(
    ...(['A12', 'traps of both resistance states', '1.32 eV, 0.40 nm; 1.44 eV, 0.41 nm'] as const),
    'with these numbers the transmissions differ by a quarter: they cannot give the resistance ratio of 5e3',
  ),
  measured('A13', 'conductance against pulse amplitude', 'rises; faster and to saturation'),
  measured('A14', 'conductance against pulse duration', 'rises'),
  measured('A15', 'conductance against pulse interval', 'falls'),
  measured('A16', 'relaxation after pulses', 'M = Me + (M0 - Me)·exp(-t/τ)'),
  measured('A17', 'τ against the number of pulses', '49.6, 102.3, 156.1 us', free),
  measured('A18', 'τ against amplitude', '92.4, 103.7, 113.9 us', free),
  measured('A19', 'τ against duration', '88.7, 91.5, 101.2 us', free),
  measured('A20', 'τ against interval', '160.4, 90.5, 71.4 us', free),
  measured('A21', 'staircase of 35 pulses each way', 'R rises, then falls'),
  measured(
    'A22',
    'spike-timing-dependent plasticity',
    'ΔW = A·exp(-|Δt|/τ) + ΔW0',
    'the text prints neither A, τ nor ΔW0',
  ),
  measured('A23', 'paired-pulse facilitation', '48, 700 us; 48, 855 us'),
  measured('B1', 'SET voltage over 200 sweeps; no current without dots', '4 V'),
  measured('B3', '25 devices agree', 'none', 'the text prints no spread: what is reported is the inferred one'),
  measured('B4', '30 sweeps 0, 1.5, 0 V in either polarity', 'conductance rises'),
  measured('B5', 'pulses +1.5 V, 30 times, then -5.5 V', 'gradual rise, sharp drop, more than 250 sets'),
  measured('B6', 'levels of pulses 10, 20, 30 over 256 cycles', 'nearly constant'),
  measured('B7', 'curves of cycles 1, 20, 50, 100, 150, 256', 'coincide'),
  measured('B8', 'energy of a pulse', 'order of fJ'),
  measured('B10', 'direct tunnelling', 'equation 1'),
  measured('B11', 'hopping in the nanosheet device', 'log(I/V) ∝ √V, 2.5 … 4.1 V'),
  measured('B12', 'tunnelling in the nanosheet device', 'log(I/V²) ∝ 1/V, 4.2 … 5 V'),
  measured('B13', 'slopes of log I against log V', '1.2 to 2 V, 2.5 to 4 V'),
  calibrated(measured('B14', 'retention of four states at 100 degC', '3e4 s without significant change'), toSentence),
  calibrated(measured('B15', 'the nanosheet device forgets at 100 degC', 'destroyed at about 5e3 s'), toSentence),
  measured('B17', 'statistics of 256 cycles at 100 degC', 'as at room temperature'),
  measured('B18', 'letter H in a 5x5 array, 25 and 100 degC', 'H visible, both alike'),
  calibrated(measured('B19', 'retention at 150 degC', 'more than 1e5 s'), toSentence),
  calibrated(measured('B20', 'forgetting begins at 155 degC', 'none', 'the text prints no loss'), toSentence),
  { id: 'B24', behaviour: 'weight maps and confusion matrix', paper: 'figures 5c, 5d', by: 'report' },
  calibrated(measured('B25', 'drift at 25, 75, 100, 150, 155 degC', 'chips run at 70 … 80 degC'), toSentence),
];

/** Figures and statements of the papers that nothing here can simulate, and why. */
export const unsimulated: readonly { readonly figure: string; readonly what: string; readonly why: string }[] = [
  { figure: 'A 1a-c', what: 'micrographs and X-ray spectra', why: 'chemistry of the film, which no law here contains' },
  {
    figure: 'A 1f',
    what: 'power beside other devices',
    why: "a comparison with others' papers, whose numbers are not in the text",
  },
  { figure: 'A 2k', what: 'density of states', why: 'density functional theory; its inputs are in the supplement' },
  {
    figure: 'A 5c',
    what: 'spike waveforms of STDP',
    why: 'the waveforms are drawn, not printed; spikes are taken as pulses',
  },
  {
    figure: 'B 1',
    what: 'synthesis, microscopy and diffraction',
    why: 'chemistry of the film, which no law here contains',
  },
  {
    figure: 'B S4',
    what: 'current against the concentration of dots',
    why: 'the concentrations and currents are in the supplement',
  },
  {
    figure: 'B S7',
    what: 'three months in air, 1e4 bendings',
    why: 'the text states no mechanism and no number that could change',
  },
  { figure: 'B 3e-f', what: 'wave functions in dots and sheets', why: 'drawings without a scale' },
  { figure: 'B S10', what: 'calorimetry', why: 'its one number, 170 degC, bounds the drift law instead' },
];
