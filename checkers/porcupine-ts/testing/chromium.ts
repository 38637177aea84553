/** The browser of tests; they are skipped where there is none. */
import { accessSync, constants } from 'node:fs';

/** CHROMIUM_BIN, or where Debian puts it. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_BIN'];
  const places = named === undefined || named === '' ? ['/usr/bin/chromium'] : [named];
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const whyNoBrowser =
  'is not tried: no chromium at CHROMIUM_BIN or /usr/bin/chromium (apt-get install chromium)';

export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
];
