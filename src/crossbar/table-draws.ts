import { draws, fold, keyOf } from '../random.js';
import type { CrossbarProgram } from './program.js';

/**
 * Which of a measured table's devices each cell is, drawn once with equal chances by seed, layer, polarity (0 plus,
 * 1 minus) and cell, shape [rows·cols]; one single 0 where all cells are alike.
 */
export function tableOfCells(program: CrossbarProgram, seed: number, layer: number, polarity: number): Uint32Array {
  const { response, rows, cols } = program;
  const devices = response.kind === 'table' ? response.devices : undefined;
  if (!devices) return new Uint32Array(1);
  return draws(fold(fold(keyOf(seed, 'tableOfCell'), layer), polarity), rows * cols, devices.length);
}
