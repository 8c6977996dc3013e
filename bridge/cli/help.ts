import type { Command } from 'commander';
import { commandGroups, partsOf, type Section } from './command-parts.ts';

/** The help of a command, its lines as long as they come out: `wrapped` lays them out. Its notes follow from commander. */
export function helpOf(command: Command): string {
  const { says, usage, sections } = partsOf(command);
  const widths = sections.filter(({ heading }) => isCommands(heading)).map(widthOf);
  const least = Math.max(0, ...widths);
  const shown = sections.map((section) => sectionIn(section, isCommands(section.heading) ? least : widthOf(section)));
  return [says, `Usage: ${usage}`, ...shown].join('\n\n');
}

const isCommands = (heading: string) => (commandGroups as readonly string[]).includes(heading);

function widthOf({ items }: Section): number {
  return Math.max(...items.map(([term, says]) => (says === undefined ? 0 : term.length)));
}

function sectionIn({ heading, items }: Section, width: number): string {
  const lines = items.map(([term, says]) => (says === undefined ? `  ${term}` : `  ${term.padEnd(width)}  ${says}`));
  return [`${heading}:`, ...lines].join('\n');
}
