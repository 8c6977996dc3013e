import { Key } from './marks.tsx';

/** A field for several lines: Ctrl Enter sends its form, Esc leaves it. */
export function WritingField(given: { id: string; rows: number; text: string; setText: (text: string) => void }) {
  return (
    <textarea
      id={given.id}
      data-writes
      rows={given.rows}
      value={given.text}
      onInput={(event) => given.setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        if (event.key === 'Escape') event.currentTarget.blur();
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
