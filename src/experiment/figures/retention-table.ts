import type { RetentionPoint } from '../retention/study.js';
import { binomialInterval } from './interval.js';
import type { FigureSource } from './source.js';
import { tableOf, type Column, type Table } from './table.js';

/** Recognition rate against the time since training, at each temperature and of each device. */
export function retentionTable({ retention }: FigureSource): Table | undefined {
  const points = retention?.points ?? [];
  if (points.length === 0) return undefined;
  const devices = [...new Set(points.map(({ device }) => device))];
  const interval = ({ correct, count }: RetentionPoint) => binomialInterval(correct, count);
  const bound = (which: string) =>
    `${which} end of the 95 % interval of accuracy over draws of test images (binomial, Wilson's score)`;
  const columns: Column<RetentionPoint>[] = [
    {
      ...{ name: 'device', unit: 'number', means: devices.map((name, i) => `${i}: ${name}`).join('; ') },
      value: ({ device }) => devices.indexOf(device),
    },
    { name: 'temperature', unit: 'K', means: 'that the network is left at', value: ({ temperature }) => temperature },
    { name: 'time', unit: 's', means: 'since training; 0 is the trained network', value: ({ time }) => time },
    { name: 'accuracy', unit: '1', means: 'fraction of the test images recognised', value: (row) => row.accuracy },
    { name: 'correct', unit: 'images', means: 'test images recognised', value: ({ correct }) => correct },
    { name: 'count', unit: 'images', means: 'test images', value: ({ count }) => count },
    { name: 'accuracy_low', unit: '1', means: bound('lower'), value: (row) => interval(row).low },
    { name: 'accuracy_high', unit: '1', means: bound('upper'), value: (row) => interval(row).high },
    {
      ...{ name: 'retained', unit: '1', means: 'programmed conductance that is left, of all cells together' },
      value: ({ retained }) => retained ?? undefined,
    },
  ];
  return tableOf(columns, points);
}
