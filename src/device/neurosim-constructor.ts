/** What stands outside of braces that a reader may enter is blanked: lines keep their numbers. */
function blanked(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** Text without its comments, each character at its place. */
function uncommented(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, blanked);
}

/** Place behind the brace that closes the one at `open`; the text's end where none does. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let k = open; k < text.length; k++) {
    if (text[k] === '{') depth++;
    else if (text[k] === '}' && --depth === 0) return k + 1;
  }
  return text.length;
}

/**
 * Of NeuroSim's Cell.cpp, which lists several devices, the constructor of `RealDevice`, and of that what its switches let happen: the
 * block of an `if (switch)` counts where the switch is set to true above. A list without constructors is taken as it is.
 */
export function realDeviceOf(text: string): string {
  const code = uncommented(text);
  const start = code.search(/\bRealDevice\s*::\s*RealDevice\s*\(/);
  if (start < 0) return withoutClosed(text, code);
  const open = code.indexOf('{', start);
  const end = open < 0 ? code.length : closing(code, open);
  const alone = (whole: string): string => blanked(whole.slice(0, start)) + whole.slice(start, end);
  return withoutClosed(alone(text), alone(code));
}

function withoutClosed(text: string, code: string): string {
  let kept = text;
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
