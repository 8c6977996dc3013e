import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { JournalEvent } from '../../core/journal-event.ts';
import { axisTime } from '../clock.ts';
import { measured, type Series } from '../measured.ts';

/** How the events at hand went: how many requests and deliveries there were, how long an answer took, and how long a delivery was held. */
export function Plots({ events }: { events: readonly JournalEvent[] }) {
  const { asked, answered, arrived, lost, held } = useMemo(() => measured(events), [events]);
  return (
    <div class="plots">
      <Plot title="Requests" series={asked} isBars />
      <Plot title="Seconds to an answer" series={answered} />
      <Plot title="Deliveries that arrived" series={arrived} isBars besides={lost > 0 ? `${lost} did not` : ''} />
      <Plot title="Seconds that texts were held" series={held} />
    </div>
  );
}

const height = 112;
const leastSeconds = 10;

/** A single point has no width. */
function widened(least: number, most: number): [number, number] {
  const lacking = Math.max(0, leastSeconds - (most - least)) / 2;
  return [least - lacking - (most - least) * 0.04, most + lacking + (most - least) * 0.04];
}

function Plot({
  title,
  series,
  isBars = false,
  besides = '',
}: {
  title: string;
  series: Series;
  isBars?: boolean;
  /** said beside its sum */
  besides?: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null || series.length === 0) return;
    const times = series.map(([at]) => at / 1000);
    const style = getComputedStyle(document.documentElement);
    const [ink, line, accent] = ['--soft', '--line', '--accent'].map((name) => style.getPropertyValue(name).trim());
    const axis = { stroke: ink!, grid: { stroke: line!, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const plot = new uPlot(
      {
        ...{ width: element.clientWidth, height, legend: { show: false }, cursor: { show: false } },
        scales: {
          // of a single point uPlot makes a day
          x: { range: () => widened(Math.min(...times), Math.max(...times)) },
          y: { range: (_plot, _least, most) => [0, Math.max(0.1, most * 1.2)] },
        },
        axes: [
          { ...axis, space: 80, size: 26, values: (_plot, marks) => marks.map((mark) => axisTime(mark * 1000)) },
          { ...axis, size: 38 },
        ],
        series: [
          {},
          {
            stroke: accent!,
            points: { show: !isBars, size: 5, fill: accent! },
            ...(isBars ? { fill: accent!, paths: uPlot.paths.bars!({ size: [0.6, 12] }) } : { paths: () => null }),
          },
        ],
      },
      [times, series.map(([, value]) => value)],
      element,
    );
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [series, isBars]);
  const values = series.map(([, value]) => value).sort((a, b) => a - b);
  const median = values[Math.floor(values.length / 2)];
  const says = isBars
    ? `${values.reduce((sum, value) => sum + value, 0)} in all${besides && `, ${besides}`}`
    : median === undefined
      ? 'none yet'
      : `median ${median.toFixed(2)}, most ${values.at(-1)!.toFixed(2)}`;
  return (
    <figure>
      <figcaption>
        {title} <span class="muted">{says}</span>
      </figcaption>
      <div ref={box} aria-hidden="true" />
    </figure>
  );
}
