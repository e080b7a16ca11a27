/** Constants of the SI (2019), exact but for the electron's mass. */
export const charge = 1.602176634e-19;
export const planck = 6.62607015e-34;
export const reducedPlanck = planck / (2 * Math.PI);
export const electronMass = 9.1093837015e-31;
