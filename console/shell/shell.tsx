import './shell.css';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Outage } from './outage';

/** What stands around every page. */
export function Shell() {
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
          <Link to="/jobs">Jobs</Link>
        </nav>
      </header>
      <Outage />
      <Page />
    </>
  );
}

/** A new page gets the focus, so that a screen reader reads it and Tab begins in it. */
function Page() {
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
      <Outlet />
    </main>
  );
}
