/** Small documents of the journal, as JSON; null where there is none. */
export interface Documents {
  memory<T>(key: string): T | null;
  saveMemory(key: string, value: unknown): void;
}
