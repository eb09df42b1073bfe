/** Every number that bounds something, with its reason. Units are in the names. */
import * as actions from './actions';
import * as engine from './engine';
import * as outside from './outside';
import * as sources from './sources';
import * as stores from './stores';

export const LIMITS = { ...engine, ...actions, ...stores, ...sources, ...outside } as const;
