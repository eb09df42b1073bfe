import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import { inTasks } from '../../parts/numbers';
import { clockTime } from '../../parts/times';
import type { RatePoint } from './rates';

/** Tasks per second over time, and the limit as a dashed line. A table of the same stands beside it. */
export function RateChart({ points }: { readonly points: readonly RatePoint[] }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const data = dataOf(points);
  const latest = useRef(data);
  const isDark = useSyncExternalStore(watchMode, () => MODE.matches);

  // A canvas does not follow the colours of the page: another mode draws the chart anew.
  useEffect(() => {
    const within = place.current;
    if (within === null) return undefined;
    const drawn = new uPlot(optionsFor(within), latest.current, within);
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.setSize(sizeIn(within)));
    watch.observe(within);
    return () => {
      watch.disconnect();
      drawn.destroy();
      chart.current = undefined;
    };
  }, [isDark]);

  useEffect(() => {
    latest.current = data;
    chart.current?.setData(data);
  });
  return <div className="chart" ref={place} aria-hidden="true" />;
}

const MODE = window.matchMedia('(prefers-color-scheme: dark)');

function watchMode(onChange: () => void): () => void {
  MODE.addEventListener('change', onChange);
  return () => MODE.removeEventListener('change', onChange);
}

function dataOf(points: readonly RatePoint[]): uPlot.AlignedData {
  return [
    points.map(({ atMs }) => atMs / 1_000),
    points.map(({ tasksPerSecond }) => tasksPerSecond),
    points.map(({ limit }) => limit ?? null),
  ];
}

const LEGEND_PX = 28;

function sizeIn({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: clientWidth, height: clientHeight - LEGEND_PX };
}

function optionsFor(place: HTMLElement): uPlot.Options {
  const line = colour(place, '--line');
  const axis = {
    stroke: colour(place, '--muted'),
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
  };
  const inWords = (_chart: uPlot, value: number | null): string => (value === null ? '' : `${inTasks(value)} tasks/s`);
  return {
    ...sizeIn(place),
    scales: { y: { range: (_chart, _low, high) => [0, high * 1.1 || 1] } },
    axes: [
      { ...axis, values: (_chart, splits) => splits.map(clock) },
      { ...axis, size: 60, values: (_chart, splits) => splits.map(inTasks) },
    ],
    series: [
      { label: 'Time', value: (_chart, value: number | null) => (value === null ? '' : clock(value)) },
      { label: 'Rate', stroke: colour(place, '--accent'), width: 2, value: inWords },
      { label: 'Limit', stroke: colour(place, '--wait'), width: 2, dash: [6, 4], value: inWords },
    ],
  };
}

function clock(seconds: number): string {
  return clockTime(new Date(seconds * 1_000));
}

/** A token as a canvas takes it: the browser resolves `light-dark()` in a property of an element alone. */
function colour(element: HTMLElement, token: string): string {
  element.style.color = `var(${token})`;
  const { color } = getComputedStyle(element);
  element.style.color = '';
  return color;
}
