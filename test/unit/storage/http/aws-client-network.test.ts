// S3Store against an HTTP server that misbehaves as told: time limits, aborts, lost answers, the adaptive limit.
import { setTimeout as wait } from 'node:timers/promises';
import {
  closeAfterEach,
  connect,
  COPY,
  failing,
  failureOf,
  FAST_RETRY,
  REF,
  setUp,
} from '../../../support/aws-client-stub';
import { COPY_RESULT, errorXml, type StubAnswer } from '../../../support/servers/http-store-stub';

closeAfterEach();

describe('the network', () => {
  test('names the endpoint when nothing listens there, and loses no answer', async () => {
    const { stub } = await setUp(() => undefined);
    await stub.close();
    const { store } = connect(stub.endpoint);
    const error = await failureOf(store.copyObject(COPY));
    expect(error).toMatchObject({ code: 'ConnectionRefused', httpStatus: 0, storeDown: true, answerLost: false });
    expect(error.message).toBe(`CopyObject at stub (${stub.endpoint}, us-east-1): nothing listens there`);
  });

  test('calls an answer lost when the connection breaks after sending, though not for a read', async () => {
    const { store, stub } = await setUp((_response, request) => request.socket.destroy());
    await expect(failureOf(store.copyObject(COPY))).resolves.toMatchObject({
      code: 'ConnectionReset',
      httpStatus: 0,
      answerLost: true,
    });
    expect(stub.requests).toHaveLength(5);
    await expect(failureOf(store.headObject(REF))).resolves.toMatchObject({
      code: 'ConnectionReset',
      answerLost: false,
    });
  });

  test('remembers a lost answer when a later attempt is refused', async () => {
    const { store } = await setUp((response, request, index) => {
      if (index === 0) request.socket.destroy();
      else response.writeHead(412).end(errorXml('PreconditionFailed'));
    });
    await expect(failureOf(store.copyObject(COPY))).resolves.toMatchObject({
      code: 'PreconditionFailed',
      httpStatus: 412,
      answerLost: true,
    });
  });

  test('gives up a request without answer in time, and says that the answer is lost', async () => {
    const { store, stub } = await setUp(() => undefined, {
      // Long enough for the requests to arrive on a busy machine.
      requestTimeoutMs: 500,
      retry: { ...FAST_RETRY, attemptsMax: 2 },
    });
    const error = await failureOf(store.copyObject(COPY));
    expect(error).toMatchObject({ code: 'RequestTimeout', httpStatus: 0, answerLost: true });
    expect(error.message).toContain('no answer within 500 ms');
    expect(stub.requests).toHaveLength(2);
  });

  test('waits on for a copy that shows signs of life, and no longer', async () => {
    const slow: StubAnswer = (response, _request, index) => {
      response.writeHead(200).write('<?xml version="1.0" encoding="UTF-8"?>');
      let blanks = 0;
      const timer = setInterval(() => {
        if ((blanks += 1) < 8) response.write(' ');
        else clearInterval(timer);
        if (blanks === 8 && index > 0) response.end('<CopyObjectResult/>');
      }, 100);
    };
    const { store, stub } = await setUp(slow, { requestTimeoutMs: 600 });
    await expect(store.copyObject(COPY)).resolves.toEqual({ httpStatus: 200 });
    expect(stub.requests).toHaveLength(2);
  });

  test('rejects at once with the reason of an abort, before, while waiting and in flight', async () => {
    const { store, stub, limits } = await setUp(() => undefined, {}, { start: 1, max: 1 });
    const reason = { kind: 'not even an Error' };
    await expect(store.copyObject(COPY, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const calls = [1, 2, 3].map(() => store.copyObject(COPY, { signal: controller.signal }));
    await wait(500);
    expect([stub.requests.length, limits.of('target').inFlight, limits.of('target').waiting]).toEqual([1, 1, 2]);
    controller.abort(reason);
    for (const call of calls) await expect(call).rejects.toBe(reason);
    expect([limits.of('target').inFlight, limits.of('target').waiting]).toEqual([0, 0]);
  });

  test('hangs hundreds of requests on one signal without a warning, and leaves nothing behind', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const { store } = await setUp((response) => response.writeHead(200).end(COPY_RESULT));
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 300 }, () => store.copyObject(COPY, { signal })));
    await wait(10);
    process.off('warning', onWarning);
    expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  });
});

describe('the adaptive limit', () => {
  test('holds requests back', async () => {
    let now = 0;
    let most = 0;
    const { store } = await setUp(
      (response) => {
        most = Math.max(most, (now += 1));
        setTimeout(() => {
          now -= 1;
          response.writeHead(200).end(COPY_RESULT);
        }, 5);
      },
      {},
      { start: 3, max: 3 },
    );
    await Promise.all(Array.from({ length: 30 }, () => store.copyObject(COPY)));
    expect(most).toBe(3);
  });

  test('halves when told to slow down, and not for missing keys', async () => {
    const { store, limits } = await setUp(failing(1, 503, errorXml('SlowDown')));
    await store.copyObject(COPY);
    expect(limits.of('target').limit).toBe(32);
    const missing = await setUp(failing(9, 404, errorXml('NoSuchKey')));
    await failureOf(missing.store.copyObject(COPY));
    expect(missing.limits.of('target').limit).toBe(64);
  });

  test('keeps connections alive, also over HEAD', async () => {
    const { store, stub } = await setUp((response) => response.writeHead(200, { etag: '"e"' }).end());
    for (let i = 0; i < 20; i += 1) {
      await store.headObject(REF);
      await store.remove(REF);
    }
    expect(stub.requests).toHaveLength(40);
    // The pool frees a connection a moment after the answer: the next request may find it busy still, once.
    expect(stub.connections()).toBeLessThanOrEqual(2);
  });
});
