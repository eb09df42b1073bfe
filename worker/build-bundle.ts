import { buildWorkflowBundle } from './bundle';

void buildWorkflowBundle();
