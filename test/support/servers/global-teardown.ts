import { stopTestServers } from './servers';

export default stopTestServers;
