/** Blanks in place of a text: lines keep their numbers. */
function blanked(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** Place behind the brace that closes the one at `open`; the code's end where none does. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let k = open; k < code.length; k++) {
    if (code[k] === '{') depth++;
    else if (code[k] === '}' && --depth === 0) return k + 1;
  }
  return code.length;
}

/**
 * Of NeuroSim's Cell.cpp, which lists several devices, the constructor of `RealDevice`, and of that what its switches let happen: the
 * block of an `if (switch)` counts where the switch is set to true above. A list without constructors is taken whole. Comments are
 * left out, since they may hold braces.
 */
export function realDeviceOf(text: string): string {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, blanked);
  const start = code.search(/\bRealDevice\s*::\s*RealDevice\s*\(/);
  if (start < 0) return withoutClosed(code);
  const open = code.indexOf('{', start);
  const end = open < 0 ? code.length : closing(code, open);
  return withoutClosed(blanked(code.slice(0, start)) + code.slice(start, end));
}

/** Code without the blocks whose switch is not set to true above them. */
function withoutClosed(code: string): string {
  let kept = code;
  for (const match of code.matchAll(/\bif\s*\(\s*(\w+)\s*\)\s*\{/g)) {
    const [head, name] = match;
    const settings = [...code.slice(0, match.index).matchAll(new RegExp(`\\b${name!}\\s*=\\s*([^;]*);`, 'g'))];
    const value = settings.at(-1)?.[1]?.trim();
    if (value === 'true' || Number(value) > 0) continue;
    const end = closing(code, match.index + head.length - 1);
    kept = kept.slice(0, match.index) + blanked(kept.slice(match.index, end)) + kept.slice(end);
  }
  return kept;
}
