/** Once told to stop, a chunk may take so long; then what was kept last has to do [ms]. */
const patience = 5000;

/** The end of a process that trains: once it is told, as soon as each trial that trains is kept. */
export class Departure {
  private readonly training = new Set<object>();
  private exitCode: number | undefined;

  constructor(private readonly exit: (code: number) => void) {}

  get isTold(): boolean {
    return this.exitCode !== undefined;
  }

  /** A trial that will ask again whether it is to be kept. */
  waitFor(trial: object): void {
    if (!this.isTold) this.training.add(trial);
  }

  /** A trial that is kept, or will not ask any more. */
  letGo(trial: object): void {
    this.training.delete(trial);
    if (this.exitCode !== undefined && this.training.size === 0) this.exit(this.exitCode);
  }

  /** Ends the process, once what trains is kept. */
  stop(code: number): void {
    if (this.exitCode !== undefined) return;
    this.exitCode = code;
    if (this.training.size === 0) this.exit(code);
    else
      setTimeout(() => {
        this.exit(code);
      }, patience);
  }
}
