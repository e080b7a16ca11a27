import { displayPath } from '../place.js';
import { describeEnvironment } from '../environment.js';
import type { TrainAll } from '../batch/job.js';
import { Evaluator, type BatchEvent } from './evaluator.js';
import type { CalibrationFolder } from './folder.js';
import type { LoadedCalibration } from './load.js';
import { fittedFiles } from './fitted.js';
import type { Effort } from './posterior.js';
import { markdownReport } from './report.js';
import { bestFamily, familyResult, type CalibrationResult } from './result.js';
import { FamilySearch, type FamilyFit } from './search.js';

export interface CalibrationRequest {
  readonly calibration: LoadedCalibration;
  readonly folder: CalibrationFolder;
  /** Trains the runs, wherever and however many at a time. */
  readonly train: TrainAll;
  readonly offline: boolean;
  readonly observe?: ((event: BatchEvent) => void) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
  readonly effort?: Effort | undefined;
}

/**
 * Searches every family of a calibration and writes its reports. Every decision follows from the file and from the
 * runs, so that a search which was cut short comes to the same end with the runs that it had.
 * @throws RunError where runs fail so that nothing can be fitted, or the folder cannot be written
 */
export async function calibrate(request: CalibrationRequest): Promise<CalibrationResult> {
  const { calibration, folder, train, offline, observe, warn, effort } = request;
  const { commit } = describeEnvironment();
  warnOfOtherCommits(folder, commit, warn);
  const { journal } = folder;
  const evaluator = new Evaluator(calibration, { train, journal, offline, commit, observe, warn });
  let candidates = 0;
  const nextId = (): number => candidates++;
  const fits: FamilyFit[] = [];
  for (const [i, family] of calibration.families.entries()) {
    fits.push(await new FamilySearch(calibration.config, family, evaluator, i, nextId, effort).run());
  }
  const result = resultOf(request, fits, commit);
  writeReports(request, evaluator, fits, result);
  return result;
}

function resultOf({ calibration, folder }: CalibrationRequest, fits: readonly FamilyFit[], commit: string | null) {
  const lines = folder.journal.all();
  const made = lines.filter((line) => 'accuracy' in line);
  return {
    calibration: calibration.config.name,
    title: calibration.config.title ?? null,
    file: calibration.file,
    commit,
    finished: new Date().toISOString(),
    best: bestFamily(calibration, fits).family.name,
    families: fits.map(familyResult),
    runs: {
      made: made.length,
      failed: lines.length - made.length,
      seconds: made.reduce((sum, { seconds }) => sum + seconds, 0),
    },
  } satisfies CalibrationResult;
}

function writeReports(
  { calibration, folder }: CalibrationRequest,
  evaluator: Evaluator,
  fits: readonly FamilyFit[],
  result: CalibrationResult,
): void {
  folder.write('report.json', `${JSON.stringify(result, undefined, 2)}\n`);
  folder.write('report.md', markdownReport(result, calibration));
  const best = bestFamily(calibration, fits);
  for (const [name, text] of fittedFiles(calibration, evaluator, best, folder.path)) folder.write(name, text);
}

/** Runs of another commit may come to another accuracy; whoever mixes them should know. */
function warnOfOtherCommits(
  { journal, path }: CalibrationFolder,
  commit: string | null,
  warn?: (message: string) => void,
) {
  const others = new Set(journal.all().flatMap((line) => (line.commit === commit ? [] : [line.commit ?? 'unknown'])));
  if (others.size === 0) return;
  warn?.(
    `${displayPath(path)}: has runs of ${[...others].map((one) => one.slice(0, 12)).join(', ')}, which are kept beside those of this commit`,
  );
}
