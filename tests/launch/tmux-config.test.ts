import { expect, test } from 'vitest';
import { parseWorkerConfig } from '../../bridge/launch/tmux-config.ts';

const parse = (text: string) => parseWorkerConfig(text, 'worker.env');

test.each([
  ['TMUX_SOCKET=$(touch x)', 1],
  ['TMUX_SOCKET=`touch x`', 1],
  ['TMUX_SOCKET="$HOME/s"', 1],
  ['TMUX_SOCKET=~/s', 1],
  ['TMUX_MOUSE=on; touch x', 1],
  ['TMUX_MOUSE=on touch x', 1],
  ['TMUX_MOUSE=on & touch x', 1],
  ['TMUX_MOUSE=on|touch x', 1],
  ['TMUX_MOUSE=on#no comment', 1],
  ['# fine\n\ntouch x', 3],
  ['TMUX_MOUSE=on\nPATH=/evil', 2],
  ['TMUX_MOUSE = on', 1],
  ['TMUX_MOUSE="on', 1],
  ['TMUX_MOUSE=maybe', 1],
  ['TMUX_HISTORY_LIMIT=-1', 1],
  ['TMUX_HISTORY_LIMIT=1e9', 1],
  ['TMUX_HISTORY_LIMIT=', 1],
  ['export TMUX_MOUSE', 1],
])('%j is refused with its line', (text, line) => {
  expect(() => parse(text)).toThrow(`worker.env:${line}`);
  try {
    parse(text);
  } catch (fault) {
    expect(fault).toMatchObject({ exitCode: 64 });
  }
});

test('quotes, comments, export, blank lines, carriage returns and a byte-order mark are understood', () => {
  const text =
    '\uFEFF# worker\r\n\r\nexport TMUX_MOUSE="off" # quiet\r\n  TMUX_HISTORY_LIMIT=50000\t# lines\r\nTMUX_SOCKET=\'/tmp/a b;$(c)\'\r\n';
  expect(parse(text)).toEqual({ mouse: false, historyLimit: 50_000, socket: '/tmp/a b;$(c)' });
  expect(parse('TMUX_SOCKET="/tmp/\\$x \\"y\\""')).toEqual({ socket: '/tmp/$x "y"' });
});

test('the last of two lines wins, and an empty socket is no socket', () => {
  expect(parse('TMUX_MOUSE=on\nTMUX_MOUSE=no\nTMUX_SOCKET=')).toEqual({ mouse: false });
});

test.each(['1', 'on', 'true', 'yes', 'ON', 'TRUE', 'YES'])('mouse %s is on', (word) => {
  expect(parse(`TMUX_MOUSE=${word}`)).toEqual({ mouse: true });
});
