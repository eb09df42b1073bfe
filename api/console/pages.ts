import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';
import { isSigned } from '../auth/sigv4';

/** Everything that the page runs, draws or asks comes from here, as files; nothing is inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The name of a file below `assets/` has the hash of its content. */
const ASSET_SECONDS = 365 * 86_400;

/** Where the build has left the console; undefined where nothing has been built, as in a fresh checkout. */
export function builtConsole(): string | undefined {
  // This file is `dist/api/console/…`, or `api/console/…` in tests.
  const places = [join(__dirname, '../../console'), join(__dirname, '../../dist/console')];
  return places.find((place) => existsSync(join(place, 'assets')));
}

/**
 * The console's files, as `npm run build` leaves them in `folder`, and its page for every address that a browser wants to
 * show: the console itself knows which there are. They need no credentials, for they say nothing of jobs.
 */
export function consolePages(folder: string): Router {
  const router = Router({ caseSensitive: true });
  const files = new Set(readdirSync(folder));
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { index: false, redirect: false, setHeaders: keepForGood }),
  );
  const page: RequestHandler = (request, response, next) => {
    const name = request.path.slice(1);
    const isFile = files.has(name) && name.includes('.');
    if (isSigned(request) || (!isFile && request.path !== '/' && !wantsPage(request.get('accept')))) {
      next();
      return;
    }
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(isFile ? name : 'index.html', { root: folder, cacheControl: false });
  };
  router.get('/{*path}', page);
  return router;
}

/** Browsers say so when they show an address; programs that ask for anything get the API's error for it. */
function wantsPage(accept = ''): boolean {
  return accept.includes('text/html');
}

function keepForGood(response: Response): void {
  response.setHeader('Cache-Control', `public, max-age=${ASSET_SECONDS}, immutable`);
}
