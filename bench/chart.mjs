// A chart of an answer as SVG, drawn by Vega without a browser.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as vega from 'vega';

const results = new URL('results/', import.meta.url);
const WIDTH = 560;
const OURS = '#2563eb';
const THEIRS = '#94a3b8';

/** Writes `charts` to bench/results; a runtime other than Node has its name in the file's. */
export async function draw({ runtime, cpu }, charts) {
  mkdirSync(results, { recursive: true });
  const [family] = runtime.split(' ');
  for (const [name, chart] of Object.entries(charts)) {
    const spec = chart.mark === 'bar' ? bars(chart) : lines(chart);
    const title = { text: chart.title, subtitle: `${runtime}, ${cpu}`, anchor: 'start', offset: 12 };
    const view = new vega.View(vega.parse({ ...base, ...spec, title }), { renderer: 'none' });
    const file = new URL(family === 'node' ? `${name}.svg` : `${name}-${family}.svg`, results);
    writeFileSync(fileURLToPath(file), `${await view.toSVG()}\n`);
  }
}

const base = {
  $schema: 'https://vega.github.io/schema/vega/v6.json',
  width: WIDTH,
  padding: 8,
  background: 'white',
  autosize: { type: 'pad' },
  config: { style: { 'group-subtitle': { fill: '#64748b' } } },
};

function bars({ data, x, y, highlight, height }) {
  const sorted = [...data].sort((a, b) => b[x.field] - a[x.field]);
  return {
    height: sorted.length * height.step,
    data: [{ name: 'rows', values: sorted }],
    scales: [
      { name: 'x', type: 'linear', range: 'width', nice: true, zero: true, domain: { data: 'rows', field: x.field } },
      { name: 'y', type: 'band', range: 'height', padding: 0.2, domain: { data: 'rows', field: y.field } },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: x.title, grid: true },
      { orient: 'left', scale: 'y', ticks: false, domain: false, labelLimit: 240 },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'rows' },
        encode: {
          enter: {
            x: { scale: 'x', value: 0 },
            x2: { scale: 'x', field: x.field },
            y: { scale: 'y', field: y.field },
            height: { scale: 'y', band: 1 },
            fill: [{ test: `datum.${highlight}`, value: OURS }, { value: THEIRS }],
          },
        },
      },
      {
        type: 'text',
        from: { data: 'rows' },
        encode: {
          enter: {
            x: { scale: 'x', field: x.field, offset: 4 },
            y: { scale: 'y', field: y.field, band: 0.5 },
            baseline: { value: 'middle' },
            text: { signal: `format(datum.${x.field}, '.2f')` },
          },
        },
      },
    ],
  };
}

function lines({ data, x, y, series }) {
  return {
    height: 300,
    data: [{ name: 'rows', values: data }],
    scales: [
      { name: 'x', type: 'linear', range: 'width', zero: false, domain: { data: 'rows', field: x.field } },
      {
        name: 'y',
        type: y.logarithmic ? 'log' : 'linear',
        range: 'height',
        nice: true,
        ...(y.logarithmic ? {} : { zero: true }),
        domain: { data: 'rows', field: y.field },
      },
      { name: 'color', type: 'ordinal', range: { scheme: 'tableau10' }, domain: { data: 'rows', field: series } },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: x.title },
      { orient: 'left', scale: 'y', title: y.title, grid: true },
    ],
    legends: [{ stroke: 'color', symbolType: 'stroke', orient: 'bottom', direction: 'horizontal' }],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'line', data: 'rows', groupby: series } },
        marks: [
          {
            type: 'line',
            from: { data: 'line' },
            encode: {
              enter: {
                x: { scale: 'x', field: x.field },
                y: { scale: 'y', field: y.field },
                stroke: { scale: 'color', field: series },
                strokeWidth: { value: 2 },
              },
            },
          },
        ],
      },
    ],
  };
}
