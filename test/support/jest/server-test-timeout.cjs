/** For tests against servers. Jest takes a time-out from the top of its configuration only, not from a project. */
'use strict';

jest.setTimeout(120_000);

/** On a bare machine a set-up fetches a tool first, or builds it. */
const SET_UP_TIMEOUT_MS = 600_000;
const { beforeAll } = globalThis;
globalThis.beforeAll = (setUp, timeoutMs = SET_UP_TIMEOUT_MS) => beforeAll(setUp, timeoutMs);
