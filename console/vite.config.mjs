import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** `npm run build` runs it (dev/run.cjs). `npx vite console` serves the sources, with the API of `DROVER_API_URL` behind them. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Absolute: pages of any depth load the same files.
  base: '/',
  logLevel: 'warn',
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // The first browsers with light-dark(); older targets would have it rewritten.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy admits no data: URLs.
    assetsInlineLimit: 0,
    // What the browser loads by itself needs no help, which would be one more script.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // `use client` is for servers that render.
      onLog: (level, log, say) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : say(level, log)),
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/healthz'].map((path) => [path, process.env.DROVER_API_URL ?? 'http://127.0.0.1:8800']),
    ),
  },
});
