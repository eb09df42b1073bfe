/** A time-out is for what hangs. Jest's five seconds are soon over where servers and other suites share two cores. */
'use strict';

jest.setTimeout(120_000);
