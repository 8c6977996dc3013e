import { createHash } from 'node:crypto';
import { needsSubject } from '../../core/choice.ts';
import { inMarkup } from '../../core/markup.ts';
import type { Dialog } from '../../core/reading.ts';
import type { Request } from '../../core/request.ts';
import { visible, visibleLine } from '../../core/visible.ts';

/** Of a text that is longer nobody decides at a phone. */
const mostShown = 100_000;

const style = `
:root { color-scheme: light dark; --line: #8886; --accent: light-dark(#2456c9, #8ab0ff); --on-accent: light-dark(#fff, #0d1524);
  --tint: light-dark(#f0f2f5, #1b2028); --yours: light-dark(#8a4b00, #f0b45a); font: 16px/1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: light-dark(#fff, #0f1216); color: light-dark(#191d24, #e7eaef); }
main { max-width: 42rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .25rem; }
h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--tint); border: 1px solid var(--line); border-radius: 8px;
  padding: .75rem; margin: .25rem 0; font: 14px/1.45 ui-monospace, Menlo, Consolas, monospace; }
.words { font: inherit; }
.note { color: var(--yours); }
.soft { opacity: .75; font-size: .875rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
textarea { display: block; width: 100%; min-height: 7rem; margin-top: .25rem; font: inherit; font-weight: 400; padding: .6rem; border: 1px solid var(--line); border-radius: 8px;
  background: transparent; color: inherit; }
button { display: block; width: 100%; min-height: 3rem; margin: .5rem 0; padding: .6rem .9rem; font: inherit; font-weight: 600; text-align: left;
  border: 1px solid var(--accent); border-radius: 8px; background: transparent; color: var(--accent); overflow-wrap: anywhere; cursor: pointer; }
button.send { background: var(--accent); color: var(--on-accent); text-align: center; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** What these pages may do: be drawn, and send their one form here. They have no script, and load nothing. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** Why nobody decides about it from a page of its own; null where one may. */
export function whyNotHere({ dialog, kind, text }: Request): string | null {
  if (text.length > mostShown) return 'it is longer than this page shows';
  if (dialog === undefined)
    return kind === 'approval' ? 'it is a dialog that could not be read: answer it in its pane' : null;
  if (dialog.options.length === 0) return 'its options could not be read: answer it in its pane';
  if (!needsSubject(dialog) || dialog.subject?.isWhole) return null;
  return `its dialog does not show the whole ${dialog.subject?.is ?? 'of what it would do'}: look at its pane itself`;
}

/**
 * The whole question or dialog, and the form that decides it.
 * @param form where its form goes, and what proves that it is from this page; both of letters, digits, `-` and `_`
 * @param worker as people see the name
 */
export function askingPage(
  request: Request,
  worker: string,
  form: { readonly code: string; readonly nonce: string },
  fault = '',
): string {
  const { dialog, agent, text, humanOnly, noChoice } = request;
  const why = whyNotHere(request);
  const onlyYou = humanOnly ?? noChoice;
  return page(`<h1>${line(worker)} ${dialog === undefined ? 'asks you' : 'waits at a dialog'}</h1>
<p class="soft">${line(agent)}</p>
${fault === '' ? '' : `<p class="note" role="alert">${line(fault)}</p>`}
${dialog === undefined ? words('What it asks', text) : subjectOf(dialog, request)}
${onlyYou === undefined ? '' : `<p class="note">Only you may decide this: ${line(onlyYou)}</p>`}
${why === null ? formOf(dialog, form) : `<p class="note">It cannot be decided here: ${line(why)}.</p>`}`);
}

/** What became of it. */
export function outcomePage(title: string, text: string): string {
  return page(`<h1>${line(title)}</h1>\n<p role="status">${line(text)}</p>`);
}

/** The same for whatever is wrong with a link: it says nothing of what there is. */
export const overPage = outcomePage(
  'This link opens nothing',
  'It is unknown, was used, or is too old; or what it was about has changed, or was settled elsewhere. Nothing was done by it.',
);

/** Of a page that was opened too long ago, or that is none of ours. */
export const stalePage = outcomePage(
  'Nothing was done',
  'This form is not from a page that this server has just shown you. Open the link of the alert again, and look once more.',
);

function subjectOf({ question, subject }: Dialog, { text, context, noChoice }: Request): string {
  const whole = noChoice === undefined ? ', to the letter' : ', as its dialog draws it';
  const named = subject?.is === 'command' ? 'The command' : 'The file';
  return [
    words('What it asks', question || text),
    ...(subject === null
      ? []
      : [words(`${named}${subject.isWhole ? whole : ', of which it shows a part'}`, subject.text, '')]),
    // where the dialog does not say of what it is, its screen does
    ...(subject?.isWhole ? [] : [words('Its screen, as it was', context, '')]),
  ].join('\n');
}

function words(title: string, text: string, look = ' class="words"'): string {
  const shown = text.length > mostShown ? `${text.slice(0, mostShown)}\n…` : text;
  return `<h2>${line(title)}</h2>\n<pre${look}>${inMarkup(visible(shown))}</pre>`;
}

function formOf(
  dialog: Dialog | undefined,
  { code, nonce }: { readonly code: string; readonly nonce: string },
): string {
  const fields =
    dialog === undefined
      ? '<label>Your answer<textarea name="text" required></textarea></label>\n<button class="send">Send</button>'
      : dialog.options
          .map(({ label }, index) => `<button name="choose" value="${index + 1}">${index + 1}. ${line(label)}</button>`)
          .join('\n');
  return `<form method="post" action="/a/${code}">
<input type="hidden" name="nonce" value="${nonce}">
${fields}
</form>
<p class="soft">This counts once, for this alone. Nothing happens before you press.</p>`;
}

function line(text: string): string {
  return inMarkup(visibleLine(text));
}

function page(body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>bridge</title><style>${style}</style></head>
<body><main>${body}</main></body></html>
`;
}
