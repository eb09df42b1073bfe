import { Link } from '@tanstack/react-router';

export function PageNotFound() {
  return (
    <div className="stack">
      <title>Not found · Drover</title>
      <h1>There is no such page</h1>
      <p>
        <Link to="/jobs">All jobs</Link>
      </p>
    </div>
  );
}
