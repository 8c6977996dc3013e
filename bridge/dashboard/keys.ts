import { useEffect } from 'preact/hooks';

/** Where somebody types, a letter is a letter. */
function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const kept = 'keys';

/** Somebody who speaks to his machine may not want single keys to act. */
export function areKeysOn(): boolean {
  return localStorage.getItem(kept) !== 'off';
}

export function turnKeys(isOn: boolean): void {
  localStorage.setItem(kept, isOn ? 'on' : 'off');
}

/** Has a key do something, as long as whoever uses this is on the page. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const act = keys[event.key];
      if (act === undefined || isTyping(event) || !areKeysOn()) return;
      if (document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [keys]);
}

/** Moves along the links of the list at hand. */
export function step(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-list] a')];
  const at = links.findIndex((one) => one === document.activeElement || one.getAttribute('aria-current') === 'true');
  const active = links.indexOf(document.activeElement as HTMLElement);
  const from = active >= 0 ? active : at;
  links[Math.min(links.length - 1, Math.max(0, from < 0 ? 0 : from + by))]?.focus();
}

/** Goes to where one writes, or searches. */
export function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
