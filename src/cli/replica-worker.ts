import { serveReplicas } from '../experiment/replicas/worker.js';
import { drawRetention } from './retention-pictures.js';

/** A process of `mho run --replicas`. */
serveReplicas({ pictures: drawRetention });
