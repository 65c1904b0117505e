import { createHash } from 'node:crypto';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

export interface Page {
  readonly html: string;
  /** Lets in this style and this script only: the page loads nothing and talks to nobody but its own backend. */
  readonly contentSecurityPolicy: string;
}

/** The page to look at logs with: one document without any other resource. */
export function renderPage(): Page {
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>logflume dev backend</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>logflume dev backend</h1>
<form id="filter" role="search">
<input type="search" id="text" placeholder="Filter by text" aria-label="Filter by text" autocomplete="off">
<select id="severity" aria-label="Lowest severity">
<option value="">all severities</option>
<option value="debug">debug and above</option>
<option value="info">info and above</option>
<option value="warn">warn and above</option>
<option value="error">error and above</option>
<option value="fatal">fatal</option>
</select>
<label><input type="checkbox" id="paused"> pause</label>
<button type="button" id="clear">Clear</button>
<span id="state" role="status"></span>
</form>
<dl id="stats"></dl>
</header>
<main>
<div id="rows"></div>
<p id="empty">No records yet. Send logs to <code>/v1/logs</code>; the newest will stand on top.</p>
</main>
<script>${pageScript}</script>
</body>
</html>
`,
    contentSecurityPolicy: [
      "default-src 'none'",
      `script-src '${toSourceHash(pageScript)}'`,
      `style-src '${toSourceHash(pageStyle)}'`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

function toSourceHash(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}
