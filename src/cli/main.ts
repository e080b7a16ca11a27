import { main } from './mho.js';

process.exitCode = await main(process.argv.slice(2));
