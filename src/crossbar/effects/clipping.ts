import { closedForm, isLinear, isPlain, isUnbounded, runsAway, unbounded } from './cells.js';
import type { Effect, Obstacle, Setup } from './effect.js';

/** Bounds of the conductance range. What refuses to go without them says so. */
export const clipping: Effect = {
  name: 'clipping',
  summary: "a cell's conductance ends at its bounds",
  off: 'no bounds: steps go on along the curve beyond the ends of the range; a one-sided pair is never refreshed',
  absence: ({ response }) => {
    if (response.kind === 'ideal') return 'weights have no bounds';
    return isUnbounded(response) ? 'cells have no bounds' : undefined;
  },
  obstacle: (setup) => levelsEnd(setup) ?? driftEnds(setup) ?? tableEnds(setup) ?? pairEnds(setup) ?? curveTurns(setup),
  remove: (setup) => {
    const { response, crossbar } = setup;
    if (response.kind === 'ideal') return setup;
    const cells = response.kind === 'affine' ? response : closedForm(response);
    // Cells of a one-sided pair only climb: with a lower bound left, no part of an endless range asks for a refresh.
    return { crossbar, response: unbounded(cells, crossbar.coding !== 'one-sided-pair') };
  },
};

function levelsEnd({ crossbar }: Setup): Obstacle | undefined {
  if (crossbar.quantize === 'none') return undefined;
  const what = `crossbar.quantize is ${crossbar.quantize}, and the levels end at the bounds`;
  return { what, remedy: 'switch granularity off too, or set crossbar.quantize to none' };
}

function driftEnds({ response }: Setup): Obstacle | undefined {
  if (response.kind === 'ideal' || !response.retention) return undefined;
  const what = "cells drift towards a conductance within their range, which has no place without the range's ends";
  return { what, remedy: 'switch drift off too' };
}

function tableEnds({ response }: Setup): Obstacle | undefined {
  if (response.kind !== 'table' || isPlain(response)) return undefined;
  const what = 'a measured table has no steps beyond its ends';
  return { what, remedy: 'switch nonlinearity-ltp, nonlinearity-ltd and cycle-to-cycle off too' };
}

function pairEnds({ response, crossbar }: Setup): Obstacle | undefined {
  if (crossbar.coding !== 'one-sided-pair' || response.kind === 'ideal' || isPlain(response)) return undefined;
  const what = 'a one-sided pair only climbs, and is written anew at its bound';
  const effects = 'nonlinearity-ltp, nonlinearity-ltd, cycle-to-cycle and device-to-device';
  return { what, remedy: `switch ${effects} off too, or take another crossbar.coding` };
}

function curveTurns({ response }: Setup): Obstacle | undefined {
  const remedy = 'switch nonlinearity-ltp and nonlinearity-ltd off too';
  if (response.kind === 'curve' && !(isLinear(response, 'up') && isLinear(response, 'down')))
    return { what: 'a curve read from nodes over the range has no steps beyond its ends', remedy };
  if (response.kind !== 'affine' || !runsAway(response)) return undefined;
  return { what: 'a curve that steepens towards its bound turns round beyond it and runs away', remedy };
}
