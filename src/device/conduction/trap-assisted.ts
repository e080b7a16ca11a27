import { boltzmann } from '../retention/law.js';
import { charge, electronMass, reducedPlanck } from './constants.js';

/** A trap as the fit of trap-assisted tunnelling has it. */
export interface TunnelTrap {
  /** Et, below the conduction band [J]. */
  readonly depth: number;
  /** d, tunnelling distance [m]. */
  readonly distance: number;
}

export interface TunnelFilm {
  /** Eb, between the electrode and the conduction band [J]. */
  readonly barrier: number;
  /** mc, in electron masses. */
  readonly mass: number;
  /** N·q·v0 times the area: the current of traps that are all occupied and all transmit [A]. */
  readonly prefactor: number;
  /** K */
  readonly temperature: number;
}

/**
 * ln P of the transmission from a trap: −[4/(3ħqF)]·√(2mc)·[Et^{3/2} − (Et − qFd)^{3/2}]; −2d·√(2mc·Et)/ħ where F → 0.
 * @param field - F [V/m], at which the far side must still lie below the trap's band: qFd ≤ Et
 * @see Wang 2022, equation 3, with F·d read as the energy qFd
 */
export function logTransmission(field: number, { depth, distance }: TunnelTrap, mass: number): number {
  const drop = charge * field * distance;
  const root = Math.sqrt(2 * mass * electronMass);
  // Below a millionth of the depth the difference of the powers loses its digits; its series has them.
  if (drop < 1e-6 * depth)
    return -((2 * distance * root) / reducedPlanck) * Math.sqrt(depth) * (1 - drop / (4 * depth));
  return -((4 * root) / (3 * reducedPlanck * charge * field)) * (depth ** 1.5 - (depth - drop) ** 1.5);
}

/**
 * Occupation of the trap as printed: f = 1/{1 + exp[(Eb − Et + qFd)/kT]}. With this sign a field empties the traps.
 * @see Wang 2022, below equation 2
 */
export function occupation(field: number, { depth, distance }: TunnelTrap, film: TunnelFilm): number {
  const energy = film.barrier - depth + charge * field * distance;
  return 1 / (1 + Math.exp(energy / (boltzmann * film.temperature)));
}

/**
 * I = N·q·v0·f·P [A].
 * @see Wang 2022, equations 1 and 2
 */
export function trapAssistedCurrent(field: number, trap: TunnelTrap, film: TunnelFilm): number {
  return film.prefactor * occupation(field, trap, film) * Math.exp(logTransmission(field, trap, film.mass));
}
