/** Symbols of the units that ramps come in. */
export const unitPattern = /^[fpnuµμmkM]?(A|S|mho|ohm|ohms|Ohm|Ω|V|s)$|^(Siemens|siemens|ampere|Ampere)$/;

/** Letters as instruments write them, `UA`, `KOHM`; `us` is microseconds, and `MA` nothing. */
function spelled(unit: string): string {
  return unit
    .replace(/^([FPNUK])(?=A$|S$|V$)/, (prefix) => prefix.toLowerCase())
    .replace(/^([FPNUK]?)(ohms?)$/i, (_, prefix: string) => `${prefix.toLowerCase()}ohm`)
    .replace(/^([mM])ohms?$/i, '$1ohm');
}

/** A unit without the brackets around it. */
export function bare(cell: string): string {
  return spelled(cell.replace(/^[[(]\s*|\s*[\])]$/g, ''));
}

/** The unit in a name such as `I (uA)`, `G [S]` or `R / kohm`. */
export function unitIn(name: string): string | undefined {
  const written =
    /[[(/]\s*([^\])/\s]+)\s*[\])]?$/.exec(name)?.[1] ?? /[_\s]([fpnuµμmk][AS]|[kM]?[oO]hm)$/.exec(name)?.[1];
  if (written === undefined) return undefined;
  const unit = spelled(written);
  return unitPattern.test(unit) ? unit : undefined;
}
