import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../contracts/engine/naming';

export const statusAttribute = defineSearchAttributeKey(SEARCH_ATTRIBUTES.status, 'KEYWORD');
export const priorityAttribute = defineSearchAttributeKey(SEARCH_ATTRIBUTES.priority, 'INT');
export const jobIdAttribute = defineSearchAttributeKey(SEARCH_ATTRIBUTES.jobId, 'KEYWORD');
