import type { Run } from '../core/cell-runs.ts';
import type { Colour } from '../core/pen.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** What a program finds where it names no colour, and the sixteen that its user has chosen. */
interface Scheme {
  readonly ink: Rgb;
  readonly ground: Rgb;
  readonly sixteen: readonly Rgb[];
}

export const schemes: Readonly<Record<'dark' | 'light', Scheme>> = {
  dark: {
    ink: rgb('#d6dbe3'),
    ground: rgb('#0c0e12'),
    sixteen: sixteenOf(
      '#2a3039 #ff7b85 #6cc990 #e5b567 #7fa7ff #c69cf0 #5fc4c9 #c9d0da #6b7686 #ff9aa2 #8fe0ac #f3cf8d #a5c1ff #dbbcfa #8edfe3 #ffffff',
    ),
  },
  light: {
    ink: rgb('#191d24'),
    ground: rgb('#fbfbfc'),
    sixteen: sixteenOf(
      '#191d24 #a61b29 #1b6b3a #7a5200 #2456c9 #7a35b8 #0f6a72 #6a7280 #59626f #c22f3d #258048 #8a6100 #3b6be0 #9150cc #1a7f88 #dde1e7',
    ),
  },
};

/** What is less cannot be read, and an agent may have chosen it so: WCAG's ratio for text. */
const leastContrast = 4.5;

/** How a run is drawn: colours as the browser wants them, moved apart where nobody could read them. Null: as the terminal is. */
export function coloursOf(
  { fg, bg, dim, reverse }: Run,
  scheme: Scheme,
): { readonly color: string; readonly background: string | null } | null {
  if (fg === undefined && bg === undefined && !dim && !reverse) return null;
  const asked = [
    fg === undefined ? scheme.ink : rgbOf(fg, scheme),
    bg === undefined ? scheme.ground : rgbOf(bg, scheme),
  ] as const;
  const [ink, ground] = reverse ? [asked[1], asked[0]] : asked;
  const wanted = dim ? mixed(ink, ground, 0.35) : ink;
  return { color: hex(readable(wanted, ground)), background: ground === scheme.ground ? null : hex(ground) };
}

function rgbOf(colour: Colour, { sixteen }: Scheme): Rgb {
  if (typeof colour === 'string') return rgb(colour);
  if (colour < 16) return sixteen[colour]!;
  if (colour >= 232) return [8 + (colour - 232) * 10, 8 + (colour - 232) * 10, 8 + (colour - 232) * 10];
  const step = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = colour - 16;
  return [step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6)];
}

/** The ink, moved towards black or white, whichever is further from the ground, until it can be read. */
function readable(ink: Rgb, ground: Rgb): Rgb {
  const far: Rgb = contrast(black, ground) > contrast(white, ground) ? black : white;
  for (let share = 0; share < 1; share += 0.1) {
    const moved = mixed(ink, far, share);
    if (contrast(moved, ground) >= leastContrast) return moved;
  }
  return far;
}

const black: Rgb = [0, 0, 0];
const white: Rgb = [255, 255, 255];

function mixed(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((value, at) => Math.round(value + (other[at]! - value) * share)) as unknown as Rgb;
}

function contrast(one: Rgb, other: Rgb): number {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (more + 0.05) / (less + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function rgb(colour: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as unknown as Rgb;
}

function hex(colour: Rgb): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function sixteenOf(colours: string): Rgb[] {
  return colours.split(' ').map(rgb);
}
