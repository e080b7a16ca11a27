import { fork, type ChildProcess } from 'node:child_process';

/** What a worker's process says: something on the way, or its answer to the message. */
export type Said<Event, Result> = { readonly event: Event } | { readonly result: Result };

/** A failure that the process did not live to tell. */
export interface Died {
  readonly error: string;
}

/** A process that answers one message after the other; it is started with its first, and anew with the next one after it died. */
export class WorkerProcess<Message extends object, Result, Event = never> {
  private child: ChildProcess | undefined;

  /** @param module - what the process runs: a module that listens for messages and answers with {@link Said} */
  constructor(
    private readonly module: URL,
    private readonly heard: (event: Event) => void = () => undefined,
  ) {}

  /** @param label - names the work where its process dies, for who tells of it by that alone */
  ask(message: Message, label?: string): Promise<Result | Died> {
    const child = (this.child ??= startProcess(this.module));
    return new Promise((resolve) => {
      const settle = (result: Result | Died): void => {
        for (const [event, listener] of Object.entries(listeners)) child.removeListener(event, listener);
        resolve(result);
      };
      const fail = (reason: string): void => {
        this.child = undefined;
        settle({ error: `${label === undefined ? '' : `${label}: `}its process ${reason}` });
      };
      const listeners = {
        message: (said: Said<Event, Result>) => {
          if ('result' in said) settle(said.result);
          else this.heard(said.event);
        },
        exit: (code: number | null, signal: string | null) => {
          fail(`ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`);
        },
        error: (error: Error) => {
          fail(`could not be used: ${error.message}`);
        },
      };
      for (const [event, listener] of Object.entries(listeners)) child.on(event, listener);
      child.send(message);
    });
  }

  /** Tells the process something while it works. */
  tell(message: object): void {
    if (this.child?.connected) this.child.send(message);
  }

  stop(): void {
    if (this.child?.connected) this.child.disconnect();
  }
}

function startProcess(module: URL): ChildProcess {
  // Standard output belongs to the command's result: what a run says goes to stderr.
  const child = fork(module, { stdio: ['ignore', 2, 2, 'ipc'], serialization: 'advanced' });
  // A message to a process that just died is an error too; the end of the process was told already.
  return child.on('error', () => undefined);
}
