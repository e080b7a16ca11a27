/** What was noticed while a file was read, each said once. */
export class Notices {
  private readonly told = { notes: new Set<string>(), warnings: new Set<string>() };

  /** What the file was taken for. */
  note(text: string): void {
    this.told.notes.add(text);
  }

  /** What may be a mistake. */
  warn(text: string): void {
    this.told.warnings.add(text);
  }

  get notes(): readonly string[] {
    return [...this.told.notes];
  }

  get warnings(): readonly string[] {
    return [...this.told.warnings];
  }
}
