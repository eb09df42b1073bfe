/** Where the servers of this test run are; test/support/servers/global-setup starts them and sets these. */
export function temporalAddress(): string {
  return required('DROVER_TEST_TEMPORAL_ADDRESS');
}

/** An executable that serves Temporal with time skipping. */
export function timeSkippingServerPath(): string {
  return required('DROVER_TEST_TIME_SKIPPING_SERVER');
}

/** The workflows, bundled. */
export function testWorkflowBundlePath(): string {
  return required('DROVER_TEST_WORKFLOW_BUNDLE');
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}
