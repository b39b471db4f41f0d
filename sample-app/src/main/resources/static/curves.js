// SPDX-License-Identifier: Apache-2.0
'use strict';

// What the lines are: the field of a second, the colour in style.css, and a pattern, so that nobody has to tell colours apart.
const LINES = [
  { field: 'asked', label: 'calls asked for', color: '--asked', dash: [2, 4], width: 2 },
  { field: 'atServer', label: 'requests the server got', color: '--at-server', dash: [10, 5], width: 2.5 },
  { field: 'succeeded', label: 'calls that succeeded', color: '--succeeded', dash: [], width: 2.5 },
];

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Lines per second, one chart for each side, all to the same scale, with the time of the overload shaded. */
class Curves {
  constructor(place, sides) {
    this.sides = sides;
    place.append(document.getElementById('curves').content.cloneNode(true));
    this.charts = sides.map(([id]) => new Chart(place.querySelector(`.chart.${id}`), this));
    this.table = place.querySelector('tbody');
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.charts.forEach(chart => chart.draw()));
  }

  show(settings, result) {
    this.from = settings.before;
    this.to = settings.before + settings.overload;
    this.end = this.to + settings.after;
    // What ends after the load is in the table, and in the numbers; the charts end with the load.
    const seconds = this.sides.map(([id]) => result[id].seconds.slice(0, this.end));
    this.most = 1.1 * Math.max(settings.rate, ...seconds.flat().flatMap(second => [second.asked, second.atServer, second.succeeded]));
    this.charts.forEach((chart, index) => chart.show(seconds[index]));
    const all = this.sides.map(([id]) => result[id].seconds);
    this.table.replaceChildren(...all[0].map((_, second) => element('tr', {},
      element('th', { scope: 'row' }, `${second + 1}${second >= this.from && second < this.to ? ', overloaded' : ''}`),
      ...all.flatMap(side => LINES.map(line => element('td', {}, number(side[second][line.field])))))));
  }
}

class Chart {
  constructor(figure, curves) {
    this.curves = curves;
    this.title = figure.querySelector('h3').textContent;
    this.plot = figure.querySelector('.plot');
    this.readout = figure.querySelector('figcaption');
    this.seconds = [];
    new ResizeObserver(() => this.resize()).observe(this.plot);
  }

  show(seconds) {
    this.seconds = seconds;
    this.plot.setAttribute('aria-label', this.inWords());
    // The middle of each second, as its numbers belong to all of it.
    const data = [seconds.map((_, second) => second + 0.5), ...LINES.map(line => seconds.map(second => second[line.field]))];
    if (this.drawn) {
      this.drawn.setData(data);
    } else {
      this.drawn = new uPlot(this.options(), data, this.plot);
    }
  }

  inWords() {
    const most = field => number(Math.max(0, ...this.seconds.map(second => second[field])));
    const last = this.seconds.at(-1);
    return `${this.title}, lines over ${this.seconds.length} of ${this.curves.end} seconds; the server is overloaded from second ${this.curves.from} to ${this.curves.to}. `
      + `Most in a second: ${LINES.map(line => `${most(line.field)} ${line.label}`).join(', ')}.`
      + (last ? ` In the last second: ${LINES.map(line => `${number(last[line.field])} ${line.label}`).join(', ')}.` : '');
  }

  options() {
    const axis = { stroke: () => color('--soft'), grid: { stroke: () => color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    return {
      ...this.size(),
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, sync: { key: 'curves' } },
      scales: { x: { time: false, range: () => [0, this.curves.end] }, y: { range: () => [0, this.curves.most] } },
      axes: [
        { ...axis, size: 28, space: 40, values: (_, marks) => marks.map(mark => `${mark} s`) },
        { ...axis, size: 44 },
      ],
      series: [{}, ...LINES.map(line => ({
        label: line.label, stroke: () => color(line.color), width: line.width, dash: line.dash, points: { show: false } }))],
      hooks: { drawClear: [drawn => this.shade(drawn)], setCursor: [drawn => this.read(drawn.cursor.idx)] },
    };
  }

  shade(drawn) {
    const [from, to] = [this.curves.from, this.curves.to].map(second => drawn.valToPos(second, 'x', true));
    const pixels = drawn.ctx;
    pixels.save();
    pixels.fillStyle = color('--shade');
    pixels.fillRect(from, drawn.bbox.top, to - from, drawn.bbox.height);
    pixels.restore();
  }

  read(index) {
    const second = this.seconds[index ?? -1];
    this.readout.textContent = second
      ? `Second ${index + 1}: ${LINES.map(line => `${number(second[line.field])} ${line.label}`).join(', ')}` : '';
  }

  size() {
    return { width: Math.max(this.plot.clientWidth, 200), height: 230 };
  }

  resize() {
    if (this.drawn && this.plot.clientWidth) {
      this.drawn.setSize(this.size());
    }
  }

  draw() {
    this.drawn?.redraw();
  }
}
