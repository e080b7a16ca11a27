import type { Response } from '../../device/response.js';
import type { CrossbarConfig } from '../schema.js';

/** What effects act in: a compiled device, whatever its model, and the crossbar around it. */
export interface Setup {
  readonly response: Response;
  readonly crossbar: CrossbarConfig;
}

/** Why something cannot be had, and what to do instead. */
export interface Obstacle {
  readonly what: string;
  readonly remedy: string;
}

/** One way in which a crossbar differs from float weights, and how it is switched off. */
export interface Effect {
  readonly name: string;
  /** One line for help and tables. */
  readonly summary: string;
  /** What there is instead where it is switched off. */
  readonly off: string;
  /** Why a setup does not have it; undefined where it does. */
  absence(setup: Setup): string | undefined;
  /** Why it cannot be switched off, although the setup has it. */
  obstacle?(setup: Setup): Obstacle | undefined;
  /** The setup without it. */
  remove(setup: Setup): Setup;
  /** Other settings, as `--set` takes them, that are compared where there is no off. */
  alternatives?(setup: Setup): readonly Alternative[];
}

export interface Alternative {
  readonly name: string;
  readonly set: string;
}
