/** For tests against servers. Jest takes a time-out from the top of its configuration only, not from a project. */
'use strict';

jest.setTimeout(120_000);
