import type { Page } from 'playwright-core';

const DOWN = { status: 'unavailable', missing: [{ name: 'Temporal', message: 'no answer' }] };
const REFUSAL = { error: { code: 'ServiceUnavailable', message: 'Temporal is down', advice: '', requestId: 'r' } };
const STORE = { name: 'main', endpoint: 'http://store.example', region: 'r', isReachable: false, problem: 'refused' };
const SYSTEM = { temporal: { address: '', namespace: '' }, stores: [STORE], roles: [], account: { id: '' } };

/** Answers as of an API that reaches neither Temporal nor a store, in this page alone, until `page.unrouteAll()`. */
export async function answerAsInAnOutage(page: Page): Promise<void> {
  await page.route('**/healthz', (route) => route.fulfill({ status: 503, json: DOWN }));
  await page.route(/\/api\/job/, (route) => route.fulfill({ status: 503, json: REFUSAL }));
  await page.route('**/api/system', (route) => route.fulfill({ json: SYSTEM }));
}
