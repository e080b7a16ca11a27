/** Exit code of a command that Ctrl-C ended. */
export const interruptedCode = 130;

export interface Interrupts {
  /** Aborted by the first Ctrl-C after `hold`. */
  readonly signal: AbortSignal;
  /** From here on there is something to keep: the first Ctrl-C asks, the second quits. Before, the first quits. */
  hold(): void;
  dispose(): void;
}

/**
 * Listens for SIGINT and SIGTERM. Quitting at once goes through `process.exit`, whose hooks remove what is unfinished.
 * @param tell - hears that the run is about to stop
 */
export function listenForInterrupts(tell: (message: string) => void): Interrupts {
  const controller = new AbortController();
  let held = false;
  const interrupt = (): void => {
    if (!held || controller.signal.aborted) {
      tell('interrupted; nothing was kept');
      process.exit(interruptedCode);
    }
    tell('stopping; Ctrl-C again quits at once and keeps nothing');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, interrupt);
  return {
    signal: controller.signal,
    hold: () => {
      held = true;
    },
    dispose: () => {
      for (const name of signals) process.removeListener(name, interrupt);
    },
  };
}
