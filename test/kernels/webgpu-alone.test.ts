import { describeLayout } from '../helpers/layout-cases.js';

describeLayout('alone');
