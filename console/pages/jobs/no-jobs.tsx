import { Link } from '@tanstack/react-router';
import { useMayChange } from '../../parts/may-change';

/** The list before the first job: what a job is, and how to make one. */
export function NoJobs() {
  const mayChange = useMayChange();
  return (
    <div className="stack">
      <title>Jobs · Drover</title>
      <h1>Jobs</h1>
      <section className="card stack">
        <h2>No job yet</h2>
        <p>
          A job does one thing to many objects: it copies them, tags them, restores them from an archive, deletes them.
          It has a source (which objects) and an operation (what is done to each). It goes on after crashes and
          restarts, and its report has one row for each object.
        </p>
        {mayChange && (
          <div>
            <Link className="button button-main" to="/new">
              Make the first job
            </Link>
          </div>
        )}
        <p>The same from the command line, on the objects below a prefix:</p>
        <pre className="sample">drover tag s3://my-bucket/logs/ reviewed=yes --wait</pre>
        <p className="muted">
          <code>drover --help</code> has all commands. The jobs of <code>aws s3control create-job</code> and of the AWS
          SDKs appear here, too.
        </p>
      </section>
    </div>
  );
}
