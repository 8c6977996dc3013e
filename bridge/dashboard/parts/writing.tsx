import { Key } from './marks.tsx';

/** A field for several lines: Ctrl Enter sends its form, Esc leaves it. */
export function WritingField(given: {
  id: string;
  rows: number;
  text: string;
  setText: (text: string) => void;
  /** what stands there before anything is written */
  hint?: string;
  isCode?: boolean;
}) {
  return (
    <textarea
      id={given.id}
      data-writes
      rows={given.rows}
      class={given.isCode ? 'code' : undefined}
      placeholder={given.hint}
      spellcheck={given.isCode ? false : undefined}
      value={given.text}
      onInput={(event) => given.setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}

/** A field that finds by words: `/` goes there, Esc empties and leaves it. */
export function SearchField({
  label,
  text,
  setText,
}: {
  label: string;
  text: string;
  setText: (text: string) => void;
}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      data-searches
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        setText('');
        event.currentTarget.blur();
      }}
    />
  );
}

export function SendButton({ isBusy, isReady }: { isBusy: boolean; isReady: boolean }) {
  return (
    <button type="submit" class="main" disabled={isBusy || !isReady}>
      {isBusy ? 'Sending…' : 'Send'} <Key name="Ctrl Enter" />
    </button>
  );
}
