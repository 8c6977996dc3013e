/**
 * What the daemon's socket speaks. It grows with every change that a command and a daemon of another version would
 * understand differently: then neither guesses, and the person is told to start the daemon again.
 *
 *   1  a pane is named by its id alone
 *   2  a pane is named by its address
 *   3  a text to send may be a slash command of the agent
 *   4  what a bridge knows of the panes it watches can be asked for
 *   5  what a command reads is asked for too, and a stream has cursors and an end
 *   6  an overview can be asked for, and members write to each other
 */
export const protocolVersion = 6;

/** What to do about a bridge of another one. */
export const restart = 'start the daemon again with the same version: `bridge stop`, then `bridge`';
