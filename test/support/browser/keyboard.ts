import type { Page } from 'playwright-core';

/** What a person who only hears the page is told to be on. */
const AT = `(() => {
  const at = document.activeElement;
  return (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent ?? '').trim();
})()`;

const TABS_MAX = 150;

/** Tab until the focus is on what begins with this name; rejects when the keyboard does not lead there. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  while (passed.length < TABS_MAX) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate<string>(AT);
    if (at.startsWith(name)) return;
    passed.push(at.slice(0, 40));
  }
  throw new Error(`Tab does not lead to ${name}, but to ${passed.join(', ')}`);
}

export function focused(page: Page): Promise<string> {
  return page.evaluate<string>(AT);
}
