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
import { apiWithKeys, FULL_KEY, VIEW_KEY } from '../../support/browser/api-with-keys';
import { axeViolations, ConsoleBrowser, LOOKS, overflow, picture } from '../../support/browser/console-browser';
import { focused, tabTo } from '../../support/browser/keyboard';
import { answerWithMany } from '../../support/browser/many';
import { answerAsInAnOutage } from '../../support/browser/outage';
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
  await page.locator('.chart canvas').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await state.getByText('Paused').waitFor();
  await page.getByLabel('TasksPerSecond').fill('');
  await page.getByRole('checkbox', { name: 'Tags' }).check();
  await page.getByRole('button', { name: 'Add to Tags' }).click();
  await page.getByLabel('Key').fill('herd');
  await page.getByLabel('Value').fill('rosie');
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByText('Changed.').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await state.getByText('Complete').waitFor();

  await page.locator('summary').getByText('404 NoSuchKey').click();
  await page
    .getByRole('region', { name: /^Samples/ })
    .getByText('lost/a.gz')
    .waitFor();
  const passed = await page.getByRole('region', { name: 'Time line' }).getByRole('listitem').allInnerTexts();
  expect(passed.map((text) => /^[A-Z][a-z]+/.exec(text)?.[0])).toEqual(
    expect.arrayContaining(['New', 'Preparing', 'Active', 'Pausing', 'Paused', 'Completing', 'Complete']),
  );
  expect(await axeViolations(page)).toEqual([]);
  await picture(page, 'console-job');
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await axeViolations(page)).toEqual([]);
  await picture(page, 'console-job-dark');
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
  await page.getByLabel('RoleArn').selectOption(drover.role);
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

test('with the keyboard alone a job is made, and all that match are cancelled', async () => {
  const page = await browser.open('/jobs');
  await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  await tabTo(page, 'New job');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'New job' }).waitFor();
  await tabTo(page, 'Prefixes');
  await page.keyboard.type(`s3://${names.herd}/logs/`);
  await tabTo(page, 'Operation');
  await page.keyboard.type('S3DeleteObjectT');
  await tabTo(page, 'Description');
  await page.keyboard.type('waits to be cancelled');
  await tabTo(page, 'ConfirmationRequired');
  await page.keyboard.type('yes');
  await tabTo(page, 'Review the job');
  await page.keyboard.press('Enter');
  await page.getByText('will lose all their tags').waitFor();
  await tabTo(page, 'Create the job');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'State' }).getByText('Suspended').waitFor();

  await page.goto('/jobs?text=waits+to+be');
  await page.getByRole('button', { name: 'Cancel 1', exact: true }).waitFor();
  await tabTo(page, 'Cancel 1');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Cancel 1 job' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  // The question is taken back, and the focus is where it was.
  await page.keyboard.press('Escape');
  expect(await focused(page)).toBe('Cancel 1');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Cancel 1 job' }).waitFor();
  await tabTo(page, 'Cancel 1 job');
  await page.keyboard.press('Enter');
  await page.getByText('Done for 1 of 1 job.').waitFor();
  const { jobs } = await drover.api.listJobs(new URLSearchParams('search=waits to be'));
  expect((await drover.reaches(jobs[0]!.jobId, 'Cancelled')).status).toBe('Cancelled');
});

test('everything is paused and resumed', async () => {
  const page = await browser.open('/jobs');
  await page.getByRole('button', { name: 'Pause everything' }).click();
  await page.getByLabel(/^Reason/).fill('work on the store');
  await page.getByRole('button', { name: 'Pause all jobs' }).click();
  await page.getByText(/All jobs are paused since .*: work on the store/).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Resume everything' }).click();
  await page.getByRole('button', { name: 'Pause everything' }).waitFor();
  expect((await drover.api.pauseOfAll()).paused).toBe(false);
});

test('a schedule is made of a job, run, paused and deleted', async () => {
  const page = await browser.open(`/jobs/${(await aFailedJob()).jobId}`);
  await page.getByRole('button', { name: 'On a schedule' }).click();
  await page.getByLabel('Name').fill('nightly');
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make the schedule' }).click();
  const card = page.getByRole('region', { name: 'nightly' });
  await card.getByText('0 2 * * * (Europe/Berlin)').waitFor();
  expect(await card.locator('time').count()).toBe(3);
  await card.getByRole('button', { name: 'Run now' }).click();
  await card.getByText('Last runs').click();
  await card.getByRole('link', { name: 'its job' }).waitFor();
  await card.getByRole('button', { name: 'Pause' }).click();
  await card.getByText('No run is due.').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await picture(page, 'console-schedules');
  await card.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('heading', { name: 'No schedule yet' }).waitFor();
});

test('one logs in and out; a key that may only view is offered nothing that changes something', async () => {
  const { jobId } = await aFailedJob();
  const keyed = await apiWithKeys(drover);
  try {
    const page = await browser.open(`${keyed.url}/jobs/${jobId}`);
    const logIn = async (accessKeyId: string, secretAccessKey: string): Promise<void> => {
      await page.getByLabel('Access key').fill(accessKeyId);
      await page.getByLabel('Secret').fill(secretAccessKey);
      await page.getByRole('button', { name: 'Log in' }).click();
    };
    await logIn(VIEW_KEY.accessKeyId, 'wrong');
    await page.getByRole('alert').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await logIn(VIEW_KEY.accessKeyId, VIEW_KEY.secretAccessKey);
    await page.getByText('View only').waitFor();
    await page.getByRole('heading', { name: 'Mark what was reviewed' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Priority' }).isDisabled()).toBe(true);
    for (const name of ['Retry failed tasks', 'On a schedule', 'Change', 'Make another']) {
      expect(await page.getByRole('button', { name }).or(page.getByRole('link', { name })).count()).toBe(0);
    }
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Log out' }).click();
    await logIn(FULL_KEY.accessKeyId, FULL_KEY.secretAccessKey);
    await page.getByRole('button', { name: 'On a schedule' }).waitFor();
  } finally {
    await keyed.close();
  }
});

test('while Temporal and a store are down it says so, and keeps the last it knew', async () => {
  const page = await browser.open('/jobs');
  await page.getByRole('link', { name: 'Mark what was reviewed' }).first().waitFor();
  await answerAsInAnOutage(page);
  await page.getByText('Temporal does not answer. What you see is of').waitFor();
  await page.getByText('The store main (http://store.example) takes no connections from the API').waitFor();
  expect(await page.getByRole('link', { name: 'Mark what was reviewed' }).count()).toBeGreaterThan(0);
  expect(await axeViolations(page)).toEqual([]);
  await page.unrouteAll();
  await page.getByText('does not answer').waitFor({ state: 'detached' });
});

test('5,000 jobs and a report of 1,000,000 rows put no more into the page than is looked at', async () => {
  const one = await drover.api.describeJob((await aFailedJob()).jobId);
  const page = await browser.open('about:blank');
  await answerWithMany(page, one, { jobs: 5_000, rows: 1_000_000 });
  await page.goto('/jobs');
  await page.getByRole('heading', { name: 'Jobs 5,000' }).waitFor();
  expect(await page.locator('tbody tr').count()).toBe(50);
  await page.getByRole('link', { name: 'Older' }).click();
  await page.getByRole('link', { name: 'Job 51', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Cancel 5,000' }).click();
  await page.getByRole('button', { name: 'Cancel 5,000 jobs' }).waitFor();
  await page.keyboard.press('Escape');

  await page.goto(`/jobs/${one.jobId}`);
  await page.getByRole('link', { name: 'Download 1,000,000 failed rows' }).waitFor();
  const rows = page.getByRole('region', { name: 'Rows of the report' });
  await rows.getByText('/1.gz').waitFor();
  expect(await rows.getByRole('row').count()).toBeLessThan(60);
  await rows.focus();
  // Heights are known once rows are drawn: the end moves on the way to it.
  await eventually(
    async () => {
      await page.keyboard.press('End');
      return rows.getByText('/500.gz').isVisible();
    },
    (isSeen) => isSeen,
  );
  expect(await rows.getByRole('row').count()).toBeLessThan(60);
  await page.getByRole('button', { name: 'Next' }).click();
  await rows.getByText('/501.gz').waitFor();
});

async function aFailedJob() {
  const { jobs } = await drover.api.listJobs(new URLSearchParams());
  return jobs.find(({ progress, description }) => progress.failed > 0 && description === 'Mark what was reviewed')!;
}

/** In the docs. */
const SHOWN = ['jobs-desktop', 'jobs-phone', 'job-phone', 'system-desktop'];

test.each(LOOKS)('every page can be read on a $screen in $colours', async (look) => {
  const failed = await aFailedJob();
  const page = await browser.open('/', look);
  const pages = [
    ['jobs', '/jobs'],
    ['job', `/jobs/${failed.jobId}`],
    ['new', '/new'],
    ['like', `/new?like=${failed.jobId}`],
    ['schedules', '/schedules'],
    ['system', '/system'],
  ] as const;
  for (const [name, path] of pages) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const found = { path, violations: await axeViolations(page), overflow: await overflow(page) };
    expect(found).toEqual({ path, violations: [], overflow: 0 });
    if (SHOWN.includes(`${name}-${look.screen}`)) await picture(page, `console-${name}-${look.screen}`);
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
