/** The token of a page that may control: kept for its tab, never longer. */
const KEY = "luna.token";

export function keptToken(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // A page without storage stays locked.
  }
}
