/**
 * Goal: people do their work in the console: they make a job, watch it, steer it, see what failed and try that again; on any screen,
 * in either mode, with whatever helps them read. Method: Debian's Chromium on the API, Temporal, a worker and SeaweedFS. Every page is
 * given to axe, and a refusal of the page's policy or an error of its scripts fails the run. `DROVER_WRITE_DOCS=1` makes the pictures
 * of README and docs anew.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { axeViolations, ConsoleBrowser, LOOKS, overflow, picture } from '../../support/browser/console-browser';
import { eventually } from '../../support/eventually';
import { awsCli, awsClientEnvironment } from '../../support/servers/stack';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';

let drover: TestDrover;
let buckets: Buckets;
let names: { readonly herd: string; readonly reports: string };
let browser: ConsoleBrowser;

const KEYS = Array.from({ length: 40 }, (_, index) => `logs/2026-12-${String(index).padStart(2, '0')}.gz`);

beforeAll(async () => {
  ({ drover, buckets, names } = await startDroverOnBuckets(['herd', 'reports']));
  for (const key of KEYS) await buckets.put(names.herd, key, Buffer.alloc(1_000));
  browser = await ConsoleBrowser.start(drover.apiUrl);
});

afterAll(async () => {
  await browser?.close();
  await drover?.close();
});

/** Fills in the form as far as all tests do. */
async function writeJob(page: Page, prefixes: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Prefixes' }).fill(prefixes);
  await chooseTagging(page);
}

async function chooseTagging(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Operation' }).selectOption('S3PutObjectTagging');
  await page.getByRole('button', { name: 'Add to TagSet' }).click();
  await page.getByRole('textbox', { name: 'Key', exact: true }).fill('reviewed');
  await page.getByRole('textbox', { name: 'Value' }).fill('all done');
}

test('a job is made from a form that says what is wrong where it is, and what will happen', async () => {
  const page = await browser.open('/new');
  await page.getByRole('button', { name: 'Review the job' }).click();
  const prefixes = page.getByRole('textbox', { name: 'Prefixes' });
  expect(await prefixes.getAttribute('aria-invalid')).toBe('true');
  await expect(page.evaluate('document.activeElement.tagName')).resolves.toBe('TEXTAREA');

  await writeJob(page, `s3://${names.herd}/logs/`);
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText(`${names.herd}/logs/2026-12-00.gz`).waitFor();
  await page.getByText('39 KiB').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await picture(page, 'console-new-job');

  await page.getByRole('button', { name: 'Review the job' }).click();
  await page
    .getByText(`40 objects (39 KiB) below s3://${names.herd}/logs/ will have the tags reviewed=all done`)
    .waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await picture(page, 'console-review');

  await page.getByRole('button', { name: 'Create the job' }).click();
  await page.getByRole('region', { name: 'State' }).getByText('Complete').waitFor();
  expect(await buckets.tags(names.herd, 'logs/2026-12-07.gz')).toEqual({ reviewed: 'all done' });

  // The form of another one has all of it.
  await page.getByRole('link', { name: 'Make another like this' }).click();
  await page.getByRole('button', { name: 'Review the job' }).click();
  await page
    .getByText(`40 objects (39 KiB) below s3://${names.herd}/logs/ will have the tags reviewed=all done`)
    .waitFor();
});

test('a job is watched, paused and given another limit; what failed is seen, kept and tried again', async () => {
  const missing = ['lost/a.gz', 'lost/b.gz', 'lost/c+%.gz'];
  const page = await browser.open('/new');
  await page.getByRole('radio', { name: 'By name' }).check();
  await page.getByRole('textbox', { name: 'Bucket' }).fill(names.herd);
  await page.getByRole('textbox', { name: 'Keys' }).fill([...missing, ...KEYS].join('\n'));
  await chooseTagging(page);
  await page.getByRole('textbox', { name: 'Description' }).fill('Mark what was reviewed');
  await page.getByRole('checkbox', { name: 'Report' }).check();
  await page.getByRole('textbox', { name: 'Bucket' }).last().fill(names.reports);
  await page.getByRole('checkbox', { name: 'Limits' }).check();
  await page.getByRole('textbox', { name: 'TasksPerSecond' }).fill('2');
  await page.getByRole('button', { name: 'Review the job' }).click();
  await page.getByRole('button', { name: 'Create the job' }).click();

  await page.getByRole('heading', { name: 'Mark what was reviewed' }).waitFor();
  const state = page.getByRole('region', { name: 'State' });
  await state.getByText('Active').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await state.getByText('Paused').waitFor();
  await page.getByLabel('Tasks per second').fill('');
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByText('Changed.').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await state.getByText('Complete').waitFor();

  await page.locator('summary').getByText('404 NoSuchKey').click();
  await page
    .getByRole('region', { name: /^Samples/ })
    .getByText('lost/a.gz')
    .waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await picture(page, 'console-job');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download 3 failed rows' }).click(),
  ]);
  const rows = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  expect(rows.map((row) => row.split(',')[1]).sort()).toEqual(['lost/a.gz', 'lost/b.gz', 'lost/c%2B%25.gz']);

  for (const key of missing) await buckets.put(names.herd, key, 'found');
  await page.getByRole('button', { name: 'Retry failed tasks (3 tasks)' }).click();
  await page.getByRole('heading', { name: /^Retry of/ }).waitFor();
  await state.getByText('Complete').waitFor();
  expect(await buckets.tags(names.herd, 'lost/c+%.gz')).toEqual({ reviewed: 'all done' });
});

test('the API has the last word, at the place that it names', async () => {
  const page = await browser.open('/new');
  await writeJob(page, `s3://${names.herd}/logs/`);
  await page.getByRole('checkbox', { name: 'Filter' }).check();
  await page.getByRole('textbox', { name: 'KeyMatches' }).fill('(a');
  await page.getByRole('button', { name: 'Review the job' }).click();
  await page.getByRole('button', { name: 'Create the job' }).click();
  await page
    .getByText(/^Filter\.KeyMatches: /)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Back to the form' }).click();
  const place = page.getByRole('textbox', { name: 'KeyMatches' });
  expect(await place.getAttribute('aria-invalid')).toBe('true');
  expect(await place.inputValue()).toBe('(a');
  await place.fill('a');
  expect(await place.getAttribute('aria-invalid')).toBe('false');
});

/** What a shell would make something else of. */
const DESCRIPTION = 'Rosie\'s "$herd"';

test('the lines to copy make the same job', async () => {
  const page = await browser.open('/new');
  await writeJob(page, `s3://${names.herd}/logs/`);
  await page.getByLabel('Description').fill(DESCRIPTION);
  await page.getByLabel('RoleArn').fill(drover.role);
  await page.getByLabel('ConfirmationRequired').selectOption('yes');
  await page.getByRole('button', { name: 'Review the job' }).click();
  const lines: string[] = [];
  for (const name of ['drover', 'aws s3control', 'curl']) {
    await page.getByRole('button', { name: `Copy the line for ${name}` }).click();
    await page.getByText('Copied.').nth(lines.length).waitFor();
    lines.push(await page.evaluate<string>('navigator.clipboard.readText()'));
  }
  const before = await requests();
  const folder = mkdtempSync(join(tmpdir(), 'drover-lines-'));
  try {
    const script = join(folder, 'lines.sh');
    const functions = [
      `drover() { '${process.execPath}' '${join(PROJECT_ROOT, 'dist', 'cli', 'main.js')}' "$@"; }`,
      `aws() { '${await awsCli()}' "$@"; }`,
    ];
    writeFileSync(script, ['set -e', ...functions, ...lines].join('\n'));
    await promisify(execFile)('sh', [script], { env: awsClientEnvironment() });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const made = (await requests()).slice(0, -before.length || undefined);
  expect(made).toHaveLength(3);
  for (const request of made) {
    expect(request).toMatchObject({
      Description: DESCRIPTION,
      ConfirmationRequired: true,
      Operation: made[0]!['Operation'],
    });
  }
});

async function requests(): Promise<Record<string, unknown>[]> {
  const { jobs } = await drover.api.listJobs(new URLSearchParams());
  return Promise.all(jobs.map(async ({ jobId }) => (await drover.api.describeJob(jobId)).request));
}

test('what is done to all that match is counted in the button and asked back', async () => {
  const { jobId } = await drover.api.createJob({
    Description: 'waits to be cancelled',
    RoleArn: drover.role,
    ConfirmationRequired: true,
    Operation: { S3DeleteObjectTagging: {} },
    Source: { Keys: [{ Bucket: names.herd, Key: 'logs/2026-12-01.gz' }] },
  });
  const page = await browser.open('/jobs?text=waits+to+be');
  await page.getByRole('button', { name: 'Cancel 1', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel 1 job' }).click();
  await page.getByText('Done for 1 of 1 job.').waitFor();
  expect((await drover.reaches(jobId, 'Cancelled')).status).toBe('Cancelled');
});

test.each(LOOKS)('every page can be read on a $screen in $colours', async (look) => {
  const { jobs } = await drover.api.listJobs(new URLSearchParams());
  const failed = jobs.find(({ progress }) => progress.failed > 0);
  const page = await browser.open('/', look);
  for (const path of [
    '/jobs',
    `/jobs/${failed!.jobId}`,
    '/new',
    `/new?like=${failed!.jobId}`,
    '/schedules',
    '/system',
  ]) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const found = { path, violations: await axeViolations(page), overflow: await overflow(page) };
    expect(found).toEqual({ path, violations: [], overflow: 0 });
    if (path === '/jobs') await picture(page, `console-jobs-${look.screen}`);
  }
});

test('the policy was violated by nothing, and no script failed; what would be is seen', async () => {
  expect(browser.faults).toEqual([]);
  const page = await browser.open('/jobs');
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color: red">red</p>')`);
  const seen = await eventually(
    async () => browser.faults,
    (faults) => faults.some((fault) => fault.startsWith('policy')),
  );
  expect(seen.join()).toMatch(/policy: style-src-attr refuses inline/);
});
