import { electronMass, planck } from './constants.js';

/**
 * How a tunnelling current falls with the barrier: J ∝ exp(−(4πL/h)·√(2·qφ·m)).
 * @param thickness - L, of the barrier [m]
 * @param barrier - qφ, its height [J]
 * @param mass - effective mass, in electron masses
 * @see An 2022, equation 1
 */
export function directTunnelling(thickness: number, barrier: number, mass: number): number {
  return Math.exp(-thickness * decayConstant(barrier, mass));
}

/** (4π/h)·√(2·qφ·m) [1/m]: the slope of −ln J against thickness. */
export function decayConstant(barrier: number, mass: number): number {
  return ((4 * Math.PI) / planck) * Math.sqrt(2 * barrier * mass * electronMass);
}

/** The barrier [J] whose current falls by this slope [1/m] with thickness: the inverse of `decayConstant`. */
export function barrierOfDecay(slope: number, mass: number): number {
  return ((slope * planck) / (4 * Math.PI)) ** 2 / (2 * mass * electronMass);
}
