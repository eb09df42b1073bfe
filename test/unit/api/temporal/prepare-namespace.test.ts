/**
 * Goal: a namespace is made ready once, and an operator is told exactly what is wrong when it can't be.
 * Method: a namespace in memory that behaves as Temporal 1.29 was measured to.
 */
import { type NamespaceConnection, prepareNamespace } from '../../../../temporal/prepare-namespace';

const DAYS_90 = 90 * 24 * 3_600;

class FakeNamespace implements NamespaceConnection {
  attributes: Record<string, number> = { Foreign: 1 };
  retention = 86_400;
  mayAdd = true;
  mayUpdate = true;
  writes = 0;

  readonly operatorService = {
    listSearchAttributes: () => Promise.resolve({ customAttributes: { ...this.attributes } }),
    addSearchAttributes: ({ searchAttributes }: { searchAttributes: Record<string, number> }) => {
      this.writes += 1;
      if (!this.mayAdd) return Promise.reject(new Error('permission denied'));
      this.attributes = { ...searchAttributes, ...this.attributes };
      return Promise.resolve({});
    },
  };
  readonly workflowService = {
    describeNamespace: () =>
      Promise.resolve({ config: { workflowExecutionRetentionTtl: { seconds: BigInt(this.retention) } } }),
    updateNamespace: ({ config }: { config: { workflowExecutionRetentionTtl: { seconds: number } } }) => {
      this.writes += 1;
      if (!this.mayUpdate) return Promise.reject(new Error('permission denied'));
      this.retention = config.workflowExecutionRetentionTtl.seconds;
      return Promise.resolve({});
    },
  };
}

describe('prepareNamespace', () => {
  test('adds what is missing, and does nothing the second time', async () => {
    const namespace = new FakeNamespace();
    const first = await prepareNamespace(namespace, 'default');
    expect([...first.added].sort()).toEqual([
      'DroverAccount',
      'DroverJobId',
      'DroverOperation',
      'DroverPriority',
      'DroverStatus',
    ]);
    expect(namespace.attributes).toMatchObject({ DroverStatus: 2, DroverPriority: 3 });
    expect(namespace.retention).toBe(DAYS_90);
    const writes = namespace.writes;
    expect(await prepareNamespace(namespace, 'default')).toEqual({
      added: [],
      retentionSeconds: DAYS_90,
      warnings: [],
    });
    expect(namespace.writes).toBe(writes);
  });

  test('leaves a longer retention alone', async () => {
    const namespace = new FakeNamespace();
    namespace.retention = 2 * DAYS_90;
    expect((await prepareNamespace(namespace, 'default')).retentionSeconds).toBe(2 * DAYS_90);
  });

  test('refuses an attribute of another type, which the server would silently keep', async () => {
    const namespace = new FakeNamespace();
    namespace.attributes['DroverStatus'] = 1;
    await expect(prepareNamespace(namespace, 'default')).rejects.toThrow(
      /DroverStatus has the type Text, it must be Keyword/,
    );
  });

  test('gives the command to run when it may not add', async () => {
    const namespace = new FakeNamespace();
    namespace.mayAdd = false;
    await expect(prepareNamespace(namespace, 'jobs')).rejects.toThrow(
      /permission denied.*temporal operator search-attribute create --namespace jobs --name DroverAccount --type Keyword/,
    );
  });

  test('only warns when it may not set the retention', async () => {
    const namespace = new FakeNamespace();
    namespace.mayUpdate = false;
    const { warnings } = await prepareNamespace(namespace, 'jobs');
    expect(warnings).toEqual([expect.stringMatching(/24 hours instead of 90 days.*--retention 90d/)]);
  });
});
