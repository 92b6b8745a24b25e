import type { Level } from "./contract.ts";

type Write = (level: Level, message: string) => void;

// Outside of a host, in a unit test, nobody listens.
let write: Write = () => {};

/** Says where lines go. */
export function connect(host: Write): void {
  write = host;
}

/** Lines for the pipeline's log, under the plugin's name. Too many are left out and counted. */
export const log = {
  /** Writes a line that matters when something is looked into. */
  debug: (message: string): void => write("debug", message),
  /** Writes a line. */
  info: (message: string): void => write("info", message),
  /** Writes a line that somebody should look at. */
  warn: (message: string): void => write("warn", message),
  /** Writes a line about something that is wrong. */
  error: (message: string): void => write("error", message),
};
