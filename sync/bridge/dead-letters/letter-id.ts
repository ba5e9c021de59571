/**
 * The id of a dead letter holds slashes, as the place does that it is made of. In addresses and on the command line it
 * is written with `~` in their place (unreserved in RFC 3986, section 2.3), each part percent-encoded; an id with
 * slashes is understood too.
 */

/** `D042/B1/1/live/17` as `D042~B1~1~live~17`. */
export function encodeLetterId(id: string): string {
  return id
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('~', '%7E'))
    .join('~');
}

/** The id that somebody typed or called, in either form. */
export function decodeLetterId(text: string): string {
  if (text.includes('/')) return text;
  try {
    return text.split('~').map(decodeURIComponent).join('/');
  } catch {
    // Not of our making: there is no such dead letter.
    return text;
  }
}
