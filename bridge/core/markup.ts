/** Text as it stands between the tags of HTML or XML. Not for an attribute: quotes stay. */
export function inMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
