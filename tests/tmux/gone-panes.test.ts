import { describe, expect, test } from 'vitest';
import { gonePanes } from '../../bridge/tmux/gone-panes.ts';

const known = new Map([
  ['%1', '@1'],
  ['%2', '@1'],
  ['%12', '@1'],
  ['%5', '@2'],
]);
const gone = (name: string, rest: string) => gonePanes({ type: 'notification', name, rest }, known);

describe('panes that left their window, by what tmux tells the client of a session', () => {
  test('a window that is in the session no more takes all of its panes along', () => {
    expect(gone('unlinked-window-close', '@1')).toEqual(['%1', '%2', '%12']);
    expect(gone('unlinked-window-close', '@2')).toEqual(['%5']);
    expect(gone('unlinked-window-close', '@9')).toEqual([]);
  });
  test('a window that is elsewhere in the session still keeps them', () => {
    expect(gone('window-close', '@1')).toEqual([]);
    expect(gone('unlinked-window-add', '@1')).toEqual([]);
  });
  test('a layout lacks those that were joined to another window, broken off, or closed', () => {
    const three = 'ee5c,80x24,0,0{40x24,0,0,1,39x24,41,0[39x12,41,0,2,39x11,41,13,12]}';
    expect(gone('layout-change', `@1 ${three} ${three} *`)).toEqual([]);
    // recorded of tmux 3.3a
    expect(gone('layout-change', '@1 b25f,80x24,0,0,2 b25f,80x24,0,0,2 *')).toEqual(['%1', '%12']);
    const two = '5bd6,80x24,0,0[80x12,0,0,1,80x11,0,13,12]';
    expect(gone('layout-change', `@1 ${two} b25f,80x24,0,0,1 *Z`)).toEqual(['%2']);
  });
  test('a layout that is not understood takes nobody', () => {
    for (const rest of ['@1', '@1 ', '@1 xyz', '', '@1 b25f,80x24,0,0'])
      expect(gone('layout-change', rest)).toEqual([]);
  });
});
