import { Invoke$, LambdaClient } from '@aws-sdk/client-lambda';
import { LIMITS } from '../../contracts/limits';
import { readJsonError } from '../aws/json-error-answer';
import { awsOperation } from '../aws/operation';
import type { AwsService } from '../aws/service';
import { classify, type FaultKind } from '../http/error-meanings';

export const LAMBDA: AwsService = {
  signingName: 'lambda',
  sdkClient: (settings) => new LambdaClient(settings),
  readError: readJsonError,
  authorityAdvice: 'name its authority in the variable NODE_EXTRA_CA_CERTS',
};

/** A function that has run, or may have, is not run again here. */
export const INVOKE = awsOperation(Invoke$, {
  timeoutMs: LIMITS.invocation.functionTimeoutMs,
  answerBytesMax: LIMITS.invocation.answerBytesMax,
  mayRepeat: () => false,
  faultKind,
});

/** Refused before the function ran, so that another attempt can't run it twice (API_Invoke, "Errors"). */
function faultKind(httpStatus: number, code: string): FaultKind {
  return classify(httpStatus, code) === 'slowDown' ? 'slowDown' : 'final';
}
