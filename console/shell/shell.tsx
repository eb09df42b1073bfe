import './shell.css';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { sessionQuery } from '../client/session';
import { LoginPage } from '../pages/login/login-page';
import { Problem } from '../parts/problem';
import { Outage } from './outage';
import { Who } from './who';

/** What stands around every page. */
export function Shell() {
  const { data: session, error } = useQuery(sessionQuery);
  return (
    <>
      <a className="skip button" href="#page">
        Skip to the page
      </a>
      <header className="top">
        <Link to="/" className="top-brand">
          <img src="/drover.svg" alt="" width="24" height="24" />
          Drover
        </Link>
        <nav className="top-nav" aria-label="Pages">
          {session && (
            <>
              <Link to="/jobs">Jobs</Link>
              {!session.viewOnly && <Link to="/new">New job</Link>}
              <Link to="/schedules">Schedules</Link>
              <Link to="/system">System</Link>
            </>
          )}
        </nav>
        {session && <Who session={session} />}
      </header>
      <Outage isSignedIn={session !== undefined && session !== null} />
      <Page>
        {session === null && <LoginPage />}
        {session && <Outlet />}
        {session === undefined && error !== null && <Problem error={error} />}
      </Page>
    </>
  );
}

/** A new page gets the focus, so that a screen reader reads it and Tab begins in it. */
function Page({ children }: { readonly children: ReactNode }) {
  const page = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    page.current?.focus();
  }, [pathname]);
  return (
    <main id="page" className="page" tabIndex={-1} ref={page}>
      {children}
    </main>
  );
}
