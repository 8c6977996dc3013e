import { needsSubject } from '../../core/choice.ts';
import { inMarkup } from '../../core/markup.ts';
import type { Dialog } from '../../core/reading.ts';
import type { Request } from '../../core/request.ts';
import { visible, visibleLine } from '../../core/visible.ts';
import { plainPage } from './plain-page.ts';

/** Of a text that is longer nobody decides at a phone. */
const mostShown = 100_000;

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
  return plainPage(`<h1>${line(worker)} ${dialog === undefined ? 'asks you' : 'waits at a dialog'}</h1>
<p class="soft">${line(agent)}</p>
${fault === '' ? '' : `<p class="note" role="alert">${line(fault)}</p>`}
${dialog === undefined ? words('What it asks', text) : subjectOf(dialog, request)}
${onlyYou === undefined ? '' : `<p class="note">Only you may decide this: ${line(onlyYou)}</p>`}
${why === null ? formOf(dialog, form) : `<p class="note">It cannot be decided here: ${line(why)}.</p>`}`);
}

/** What became of it. */
export function outcomePage(title: string, text: string): string {
  return plainPage(`<h1>${line(title)}</h1>\n<p role="status">${line(text)}</p>`);
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
