import { useState } from 'preact/hooks';
import { Words } from './text.tsx';

/** A command to be run elsewhere, which one copies. A browser copies for a page of its own machine, or by HTTPS, only: elsewhere it is marked. */
export function Command({ text, label }: { text: string; label: string }) {
  const [says, say] = useState('Copy');
  const copy = async () => {
    const isDone = await (navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    ) ?? false);
    if (!isDone) getSelection()?.selectAllChildren(document.querySelector(`[aria-label="${label}"]`)!);
    say(isDone ? 'Copied' : 'Marked: copy it by key');
  };
  return (
    <div class="command">
      <Words mono text={text} label={label} />
      <button type="button" onClick={() => void copy()} aria-live="polite">
        {says}
      </button>
    </div>
  );
}
