import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { answered, api, ApiError, type Schemas } from '../../client/api';
import { type Problem, problemsIn } from '../../form/check';
import { FormContext } from '../../form/form-context';
import type { JsonObject } from '../../form/json';
import type { RequestSchemas } from '../../form/request-schemas';
import { useProblems } from '../../form/use-problems';
import { type Draft, previewOf, requestOf } from './draft';
import { Editor } from './editor/editor';
import { problemsOfDraft } from './problems';
import { Review } from './review/review';
import { usePreview } from './use-preview';

const route = getRouteApi('/new');

interface NewJobProps {
  readonly schemas: RequestSchemas;
  /** What stands in the form at first. */
  readonly first: () => Draft;
}

/** The form, and the page after it. What was written stays when one goes back. */
export function NewJob({ schemas, first }: NewJobProps) {
  const { step } = route.useSearch();
  const navigate = useNavigate({ from: '/new' });
  const [draft, setDraft] = useState(first);
  /** The request that was asked to be reviewed: what is written on under an address that says `review` is none. */
  const [reviewed, setReviewed] = useState<string>();
  const preview = usePreview();
  const creation = useCreation();
  const { request, problems: inSource } = requestOf(draft);
  const problems = problemsOfDraft(draft, schemas);
  const refused = creation.problemsOf(request);
  const { form, count, touch, attempt } = useProblems(problems, refused);

  const go = (to: 'review' | undefined): void =>
    void navigate({ search: (search) => ({ ...search, step: to }) }).then(focusPage);
  const change = (next: Draft): void => {
    setDraft(next);
    creation.forget();
  };
  const review = (): void => {
    if (!attempt()) return;
    setReviewed(JSON.stringify(request));
    go('review');
  };
  if (step === 'review' && reviewed === JSON.stringify(request)) {
    return (
      <Review
        request={request}
        schemas={schemas}
        preview={preview}
        refusal={creation.error}
        isCreating={creation.isPending}
        onCreate={() => creation.create(request)}
        onBack={() => go(undefined)}
      />
    );
  }
  return (
    <FormContext value={form}>
      <Editor
        draft={draft}
        schemas={schemas}
        preview={preview}
        source={inSource.length === 0 ? previewOf(request) : undefined}
        unplaced={refused.length === 0 ? creation.error : null}
        problems={count}
        onChange={change}
        onMissing={() => touch(inSource.map(({ path }) => path))}
        onReview={review}
      />
    </FormContext>
  );
}

/** The button that led here is gone. */
function focusPage(): void {
  document.getElementById('page')?.focus();
  window.scrollTo(0, 0);
}

/** Making the job. One request has one token: sent twice, it makes one job. */
function useCreation() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const sent = useRef({ of: '', token: '' });
  const [refused, setRefused] = useState<JsonObject>();
  const creation = useMutation({
    mutationFn: (body: JsonObject) =>
      answered(api.POST('/api/jobs', { body: body as unknown as Schemas['CreateJobRequest'] })),
    onSuccess: async ({ jobId }) => {
      await queries.invalidateQueries({ queryKey: ['jobs'] });
      await navigate({ to: '/jobs/$jobId', params: { jobId } });
    },
  });
  const { error, isPending, reset } = creation;
  return {
    error,
    isPending,
    forget: () => {
      if (error !== null) reset();
    },
    create: (request: JsonObject): void => {
      const of = JSON.stringify(request);
      if (sent.current.of !== of) sent.current = { of, token: newToken() };
      setRefused(request);
      creation.mutate({ ClientRequestToken: sent.current.token, ...request });
    },
    /** What the API found wrong in this very request. */
    problemsOf: (request: JsonObject): readonly Problem[] =>
      error instanceof ApiError && !error.isOutage && JSON.stringify(refused) === JSON.stringify(request)
        ? problemsIn(error.message)
        : [],
  };
}

/** `crypto.randomUUID` is for pages under TLS alone. */
function newToken(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
