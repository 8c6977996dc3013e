import { describe, expect, test } from 'vitest';
import type { Colour } from '../../bridge/core/pen.ts';
import { coloursOf, schemes } from '../../bridge/dashboard/colours.ts';

const dark = (run: object) => coloursOf({ text: 'x', ...run }, schemes.dark);

describe.each(['dark', 'light'] as const)('on a %s page', (name) => {
  const scheme = schemes[name];
  const ground = `#${scheme.ground.map((value) => value.toString(16).padStart(2, '0')).join('')}`;

  test('every colour on every ground can be read', () => {
    const all: Colour[] = [...Array.from({ length: 256 }, (_, at) => at), '#000000', '#ffffff', '#808080', '#0000ff'];
    const grounds = [undefined, 0, 1, 4, 7, 15, 21, 231, 244, '#000000', '#ffffff', '#777777'] as const;
    for (const fg of all)
      for (const bg of grounds)
        for (const more of [{}, { dim: true }, { reverse: true }] as const) {
          const found = coloursOf({ text: 'x', fg, ...(bg !== undefined && { bg }), ...more }, scheme)!;
          expect([fg, bg, more, contrast(found.color, found.background ?? ground) >= 4.5]).toEqual([
            fg,
            bg,
            more,
            true,
          ]);
        }
  });
});

test('what can be read stays as it was asked for', () => {
  expect(dark({})).toBeNull();
  expect(dark({ bold: true })).toBeNull();
  expect(dark({ fg: '#ffaa00' })).toEqual({ color: '#ffaa00', background: null });
  expect(dark({ fg: 231, bg: 16 })).toEqual({ color: '#ffffff', background: '#000000' });
  expect(dark({ fg: 16, bg: 231, reverse: true })).toEqual({ color: '#ffffff', background: '#000000' });
  expect(dark({ fg: 250 })).toEqual({ color: '#bcbcbc', background: null });
  expect(dark({ fg: 208 })).toEqual({ color: '#ff8700', background: null });
});

/** By the words of WCAG 2, apart from the code that is tested. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722]
      .map((weight, at) => {
        const value = Number.parseInt(colour.slice(1 + at * 2, 3 + at * 2), 16) / 255;
        return weight * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
      })
      .reduce((sum, part) => sum + part);
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (more + 0.05) / (less + 0.05);
}
