// What the host needs beside the kernels themselves.
export { setNormalTable, randomBits, randomNormal, foldLow, foldHigh } from './random';
export { setJumpTables } from './jumps';
export { exp32, sigmoid32 } from './arithmetic';
export {
  crossbarSize,
  setShape,
  setArrays,
  setScales,
  setAffine,
  setStepNoise,
  setWriteNoise,
  setCurves,
  setTable,
  setLevels,
  setConverters,
  setKey,
} from './crossbar';
export { readDifferences, sumColumns } from './differences';
export { addWaiting, attachLedger, settleLedger } from './ledger-fold';

export { ledgerArrayCount, ledgerBase, ledgerPower, ledgerSize, setLedger, takeUpLedger } from './ledger';
export { ledgerPartFloats } from './ledger-parts';
export { ledgerReadFloats } from './ledger-reads';

/** First free byte behind the module's own data. */
export function heapBase(): usize {
  return __heap_base;
}
