/** A test that ends without an assertion has shown nothing, so it fails: a loop over an empty list, a return too early. */
'use strict';

beforeEach(() => expect.hasAssertions());
