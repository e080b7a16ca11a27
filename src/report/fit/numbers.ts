import { formatQuantity } from '../../units.js';

export const percent = (fraction: number, digits = 3): string => `${Number((100 * fraction).toPrecision(digits))} %`;

export const plain = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '∞');

/** Conductances below this are what arithmetic leaves of 0. */
const nothing = 1e-17;

export const siemens = (value: number): string => formatQuantity(Math.abs(value) < nothing ? 0 : value, 'conductance');
