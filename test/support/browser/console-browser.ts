import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { loadDevConfig, userEnvironment } from '../../../config/dev';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { provideChromium } from '../../../dev/tools/chromium';

/** How people look at the console. */
export interface Look {
  readonly screen: 'desktop' | 'phone';
  readonly colours: 'light' | 'dark';
}

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** Both screens and both modes. Axe takes seconds for each page: all four ways would tell no more. */
export const LOOKS: readonly Look[] = [
  { screen: 'desktop', colours: 'light' },
  { screen: 'phone', colours: 'dark' },
];

/** Runs in the page, which is not checked with the types of this program. */
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (violation) => {
  reportViolation(violation.violatedDirective + ' refuses ' + violation.blockedURI + ' of ' + violation.sourceFile);
})`;

const PICTURES = join(PROJECT_ROOT, 'docs', 'images');
/** As slow as a machine that runs all tests at once. */
const PATIENCE_MS = 60_000;

/** A console in a browser, that watches for what must not happen: refusals of the policy, errors of scripts, requests to elsewhere. */
export class ConsoleBrowser {
  private readonly contexts: BrowserContext[] = [];
  /** What went wrong in any page so far. */
  readonly faults: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly baseUrl: string,
  ) {}

  /** Debian's Chromium; rejects with what to install where there is none. */
  static async start(baseUrl: string): Promise<ConsoleBrowser> {
    const executablePath = await provideChromium(loadDevConfig());
    // Chromium's own sandbox is not to be had as root. It meets no pages but ours.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return new ConsoleBrowser(await chromium.launch({ executablePath, args, env: userEnvironment() }), baseUrl);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** A person with a browser of their own, at a path of the API or at the address of another. */
  async open(path: string, look: Look = LOOKS[0]!): Promise<Page> {
    const context = await this.browser.newContext({
      baseURL: this.baseUrl,
      viewport: SCREENS[look.screen],
      colorScheme: look.colours,
      hasTouch: look.screen === 'phone',
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    this.contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await this.watch(page, path.startsWith('http') ? new URL(path).origin : this.baseUrl);
    await page.goto(path);
    return page;
  }

  private async watch(page: Page, origin: string): Promise<void> {
    await page.exposeFunction('reportViolation', (text: string) => this.faults.push(`policy: ${text}`));
    await page.addInitScript({ content: REPORT_VIOLATIONS });
    page.on('pageerror', (error) => this.faults.push(`script: ${error.message}`));
    page.on('console', (message) => {
      // The browser's own line for an answer that refuses: that is looked at where it is meant.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
        this.faults.push(`console: ${message.text()}`);
      }
    });
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) this.faults.push(`request to ${request.url()}`);
    });
  }
}

/** What axe finds wrong with a page as it is now, in a line for each kind. Empty: nothing. */
export async function axeViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** By how many pixels a page is wider than its screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** A picture for README and docs, made anew when `DROVER_WRITE_DOCS=1`. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['DROVER_WRITE_DOCS'] !== '1') return;
  mkdirSync(PICTURES, { recursive: true });
  await page.evaluate('window.scrollTo(0, 0)');
  await page.screenshot({ path: join(PICTURES, `${name}.png`), scale: 'css', animations: 'disabled' });
}
