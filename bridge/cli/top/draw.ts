import type { RequestView } from '../../api/views.ts';
import { inWords } from '../../core/duration.ts';
import { statusLine } from '../status-line.ts';
import { cell, folded, type Line, type Style } from './line.ts';
import { cursorOf, rowsOf, selected, type Tab, type TopState, tabs } from './state.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Less shows nothing of use. */
const least: Size = { columns: 40, rows: 8 };

/** The whole screen, a line for each row. @param now ms since 1970 */
export function drawn(state: TopState, size: Size, now: number): Line[] {
  if (size.columns < least.columns || size.rows < least.rows)
    return [[`too small: ${least.columns}x${least.rows} at least`]];
  const room = size.rows - 4;
  const body = state.isOpen ? openRow(state, size.columns, room, now) : list(state, size.columns, room, now);
  const blank: Line = [];
  return [header(state, now), tabBar(state), ...fill(body, room, blank), noteLine(state, now), promptLine(state, size)];
}

function fill(lines: readonly Line[], count: number, blank: Line): Line[] {
  return [...lines.slice(0, count), ...Array<Line>(Math.max(0, count - lines.length)).fill(blank)];
}

function header({ known: { overview } }: TopState, now: number): Line {
  const text = overview === null ? 'asking the bridge' : statusLine(overview, now);
  return [{ text: ` bridge  ${text}`, style: 'inverse' }];
}

function tabBar(state: TopState): Line {
  const counts: Readonly<Record<Tab, number>> = {
    requests: state.known.requests.length,
    members: state.known.members.length,
    mail: state.known.messages.length,
  };
  return tabs.flatMap((tab, index) => {
    const text = `${index + 1} ${tab} (${counts[tab]})`;
    return [
      ' ',
      tab === state.tab ? { text: `[${text}]`, style: 'bold' as const } : { text: ` ${text} `, style: 'dim' as const },
    ];
  });
}

function list(state: TopState, columns: number, room: number, now: number): Line[] {
  const rows = rowsOf(state);
  if (rows.length === 0) return [[], [{ text: `  ${empty[state.tab]}`, style: 'dim' }]];
  const cursor = cursorOf(state);
  const first = Math.min(Math.max(0, cursor - Math.floor(room / 2)), Math.max(0, rows.length - room));
  return rows.slice(first, first + room).map((_, index): Line => {
    const isHere = first + index === cursor;
    const [text, style] = rowAt(state, first + index, columns - 2, now);
    const mark = isHere ? '> ' : '  ';
    return [{ text: `${mark}${text}`, ...(isHere ? { style: 'inverse' as const } : style !== null && { style }) }];
  });
}

const empty: Readonly<Record<Tab, string>> = {
  requests: 'nothing is asked',
  members: 'nobody has a name yet: bridge start worker, bridge add',
  mail: 'nobody has written anything yet',
};

function rowAt(state: TopState, index: number, columns: number, now: number): [text: string, style: Style | null] {
  const { known, tab } = state;
  if (tab === 'requests') {
    const request = known.requests[index]!;
    const age = inWords(now - request.openedAt);
    const text = `${cell(age, 8)} ${cell(request.worker, 16)} ${cell(request.kind, 10)} ${firstLine(request.dialog?.question ?? request.text)}`;
    return [text, isYours(request) ? 'yellow' : null];
  }
  if (tab === 'members') {
    const { name, state: is, unread, agent, groups } = known.members[index]!;
    const pause = known.pauses[name] ?? known.pauses['*'];
    const mail = unread === 0 ? '' : `${unread} unread`;
    const more = [mail, pause === undefined ? '' : `paused: ${pause}`, groups.map((one) => `@${one}`).join(' ')];
    const style = is === 'dialog' ? 'yellow' : is === 'gone' || is === 'away' ? 'dim' : is === 'busy' ? 'cyan' : null;
    return [`${cell(name, 20)} ${cell(is, 9)} ${cell(agent ?? '', 9)} ${more.filter(Boolean).join('  ')}`, style];
  }
  const { sentAt, from, to, body } = known.messages[index]!;
  const who = `${from} → ${to.join(', ')}`;
  return [
    `${cell(`${inWords(now - sentAt)} ago`, 12)} ${cell(who, Math.min(28, columns - 30))} ${firstLine(body)}`,
    null,
  ];
}

/** Whether only a person can move it on. */
export function isYours({ choices }: RequestView): boolean {
  return choices.length > 0;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

function openRow(state: TopState, columns: number, room: number, now: number): Line[] {
  const lines = whole(state, columns, now);
  const scrolled = Math.min(state.scrolled, Math.max(0, lines.length - room));
  const below = lines.length - scrolled - room;
  const shown = lines.slice(scrolled, scrolled + room);
  if (below > 0) shown[shown.length - 1] = [{ text: `  … ${below + 1} more lines: ↓`, style: 'dim' }];
  return shown;
}

function whole(state: TopState, columns: number, now: number): Line[] {
  const { request, member, message } = selected(state);
  const text = (given: string, indent = 2): Line[] =>
    folded(given, columns - indent).map((line) => [' '.repeat(indent), line]);
  if (request !== null) {
    const about = [request.project, request.agent, request.pane].filter(Boolean).join('  ');
    return [
      [
        { text: ` ${request.worker}`, style: 'bold' },
        `  ${request.kind}, ${inWords(now - request.openedAt)} ago  #${request.id.slice(-6)}`,
      ],
      [{ text: ` ${about}`, style: 'dim' }],
      [{ text: ` ${request.status}`, style: isYours(request) ? 'yellow' : 'dim' }],
      [],
      ...(request.dialog === null ? text(request.text) : dialogLines(request, text)),
      ...(request.answer === null
        ? []
        : [[], [{ text: ' answer', style: 'bold' as const }], ...text(request.answer.instructions)]),
      ...(request.screen === null
        ? []
        : [[], [{ text: ' what stood there', style: 'dim' as const }], ...text(request.screen)]),
    ];
  }
  if (member !== null) {
    const facts = [
      member.state,
      member.agent,
      member.role,
      member.model,
      member.pane,
      ...member.groups.map((one) => `@${one}`),
    ];
    const lines = state.screen?.member === member.fullName ? state.screen.lines : null;
    return [
      [{ text: ` ${member.fullName}`, style: 'bold' }, `  ${facts.filter(Boolean).join('  ')}`],
      [
        {
          text: ` ${member.description || (member.unread === 0 ? 'has read all of its mail' : `${member.unread} unread`)}`,
          style: 'dim',
        },
      ],
      [],
      ...(lines === null
        ? [[{ text: member.pane === null ? '  it has no pane' : '  …', style: 'dim' as const }]]
        : lines.map((line): Line => ['  ', line])),
    ];
  }
  if (message === null) return [];
  return [
    [{ text: ` ${message.from} → ${message.to.join(', ')}`, style: 'bold' }, `  ${inWords(now - message.sentAt)} ago`],
    [{ text: ` thread ${message.thread}  #${message.id.slice(-4)}`, style: 'dim' }],
    [],
    ...text(message.body),
  ];
}

function dialogLines({ dialog }: RequestView, text: (given: string, indent?: number) => Line[]): Line[] {
  const { question, subject, options } = dialog!;
  const about = subject === null || subject.isWhole ? '' : ' (it does not show all of it)';
  return [
    ...text(question),
    ...(subject === null
      ? []
      : [[], [{ text: ` the ${subject.is}${about}`, style: 'bold' as const }], ...text(subject.text, 4)]),
    [],
    ...options.map(({ label }, index): Line => [`  ${index + 1}. ${label}`]),
  ];
}

function noteLine({ note, lostAt, known }: TopState, now: number): Line {
  if (lostAt !== null)
    return [
      { text: ` the bridge has not answered for ${inWords(now - lostAt)}: what stands here is old`, style: 'red' },
    ];
  if (note !== null) return [{ text: ` ${note}`, style: 'green' }];
  const all = known.pauses['*'];
  return all === undefined ? [] : [{ text: ` all workers are paused: ${all}`, style: 'yellow' }];
}

const asks = { answer: 'answer', choose: 'option (number or words)', reply: 'reply' } as const;

function promptLine(state: TopState, { columns }: Size): Line {
  const { prompt } = state;
  if (prompt === null) return [{ text: ` ${hints(state)}`, style: 'dim' }];
  if (prompt.is === 'dismiss')
    return [{ text: ` end #${prompt.id.slice(-6)} without an answer? y / Esc`, style: 'yellow' }];
  const head = ` ${asks[prompt.is]} #${prompt.id.slice(-6)}> `;
  // what is typed last must be seen
  const typed = [...prompt.text].slice(-Math.max(1, columns - head.length - 2)).join('');
  return [{ text: head, style: 'bold' }, typed, { text: '_', style: 'inverse' }];
}

function hints({ tab, isOpen, known }: TopState): string {
  const each: Readonly<Record<Tab, readonly string[]>> = {
    requests: ['a answer', 'c choose', 'd dismiss', 'p pause'],
    members: ['p pause'],
    mail: ['r reply'],
  };
  const move = isOpen ? ['↑↓ Esc'] : ['↑↓ Enter', '1 2 3'];
  return [...move, ...each[tab], `P ${known.pauses['*'] === undefined ? 'pause' : 'resume'} all`, 'q quit'].join(' · ');
}
