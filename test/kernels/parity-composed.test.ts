import { describeComposed } from '../helpers/parity-composed.js';

describeComposed('wasm', 23);
describeComposed('cpu', 61);
