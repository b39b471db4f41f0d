// SPDX-License-Identifier: Apache-2.0
'use strict';

const SIDES = [['stock', 'Stock'], ['evenkeel', 'Evenkeel']];

const number = value => value.toLocaleString('en');
const seconds = millis => (millis / 1000).toLocaleString('en', { maximumFractionDigits: millis < 10000 ? 2 : 1 }) + ' s';
const percent = share => share === null ? 'none yet' : (share * 100).toFixed(share > 0.995 && share < 1 ? 2 : 0) + ' %';
const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;

// What each result says. Every sentence is made of the numbers; none of them knows how a run ought to end.
const VIEWS = {
  race: {
    big: side => side.failed,
    what: side => `of ${plural(side.calls, 'call', 'calls')} failed`,
    rows: [
      ['Calls made', side => number(side.calls)],
      ['Failed', side => number(side.failed)],
      ['… of these POSTs', side => number(side.failedPosts)],
      ['Connections opened', side => number(side.connectionsOpened)],
      ['Requests on a reused connection', side => percent(side.reusedShare)],
      ['GETs the server saw', side => number(side.getsAtServer)],
      ['POSTs the server executed', side => number(side.postsAtServer)],
      ['POSTs executed twice', side => number(side.postsExecutedTwice)],
    ],
    verdict: side => {
      const failed = side.failed === 0 ? `none of ${plural(side.calls, 'call', 'calls')} failed`
        : `${number(side.failed)} of ${plural(side.calls, 'call', 'calls')} failed, ${number(side.failedPosts)} of them POSTs`;
      const twice = side.postsExecutedTwice === 0 ? '' : `, and the server executed ${plural(side.postsExecutedTwice, 'POST', 'POSTs')} twice`;
      return failed + twice;
    },
  },
  burst: {
    big: side => side.succeeded,
    what: side => `of ${plural(side.calls, 'call', 'calls')} succeeded`,
    rows: [
      ['Succeeded', side => number(side.succeeded)],
      ['Failed', side => number(side.failed)],
      ['Still waiting at the end', side => number(side.unfinished)],
      ['Time', side => seconds(side.millis)],
      ['At the server together', side => number(side.presentTogether)],
      ['Connections opened', side => number(side.connectionsOpened)],
      ['Open at the same time', side => number(side.connectionsPeak)],
      ['Left 2 s later', side => side.connectionsLeft === null ? 'not yet' : number(side.connectionsLeft)],
    ],
    verdict: side => {
      const together = `${number(side.presentTogether)} of ${number(side.calls)} calls were at the server together`;
      const left = `${plural(side.connectionsLeft ?? 0, 'connection was', 'connections were')} left two seconds later`;
      if (side.succeeded === side.calls) {
        return `${together}, and all of them succeeded in ${seconds(side.millis)}; ${left}`;
      }
      const ends = [`${side.succeeded === 0 ? 'none' : number(side.succeeded)} had succeeded`,
        side.failed && `${number(side.failed)} had failed`, side.unfinished && `${number(side.unfinished)} were still waiting`];
      return `${together}; after ${seconds(side.millis)} ${ends.filter(Boolean).join(', ')}`;
    },
  },
  tls: {
    big: side => side.handshakes - side.handshakesResumed,
    what: side => `full handshakes for ${plural(side.clients, 'client', 'clients')}`,
    rows: [
      ['Clients built', side => number(side.clients)],
      ['Calls failed', side => number(side.failed)],
      ['Connections opened', side => number(side.connectionsOpened)],
      ['Handshakes', side => number(side.handshakes)],
      ['… of these resumed', side => number(side.handshakesResumed)],
      ['Time in all', side => seconds(side.millis)],
      ['Time per client', side => side.clients === 0 ? 'none yet' : (side.millis / side.clients).toFixed(1) + ' ms'],
    ],
    verdict: side => `${plural(side.clients, 'client', 'clients')}, ${plural(side.handshakes, 'handshake', 'handshakes')}, `
      + `${side.handshakesResumed === 0 ? 'none' : number(side.handshakesResumed)} resumed, ${seconds(side.millis)} in all`
      + `${side.failed ? `; ${plural(side.failed, 'call', 'calls')} failed` : ''}`,
  },
  hops: {
    big: side => side.wastedMillis,
    what: () => 'ms of work for callers that had left',
    rows: [
      ['Callers', side => number(side.calls)],
      ['Still being worked for', side => number(side.running)],
      ['Work for one caller', side => seconds(side.millis)],
      ['Work for nobody, all callers', side => seconds(side.wastedMillis)],
      ['Calls ended by a limit', side => number(side.failed)],
      ['Deadline the server was told (s)', side => side.told || 'none'],
      ['Answers the server wrote to the end', side => number(side.finishedAtServer)],
    ],
    verdict: side => `${plural(side.calls, 'caller', 'callers')}, ${seconds(side.millis)} of work for each, `
      + `${side.wastedMillis < 100 ? 'next to nothing' : seconds(side.wastedMillis)} of it all behind their back; `
      + `${side.told ? `the server was told ${side.told} s` : 'the server was told no deadline'}`,
  },
  background: {
    outcome: tasksOutcome,
    waiting: '', // whoever presses Ctrl-C would not get the answer
  },
  overload: {
    stoppable: true,
    update: showOverload,
    big: side => side.succeeded,
    what: side => `of ${plural(side.calls, 'call', 'calls')} succeeded`,
    rows: [
      ['Calls asked for', side => number(side.calls)],
      ['Succeeded', side => number(side.succeeded)],
      ['Failed', side => number(side.failed)],
      ['Not ended yet', side => number(side.unfinished)],
      ['Requests the server got', side => number(side.requestsAtServer)],
      ['… of these turned away, as its queue was full', side => number(side.turnedAway)],
      ['Requests for a call in the worst second', side => side.peakLoad === null ? 'none yet' : side.peakLoad.toFixed(2)],
    ],
  },
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

async function request(url, options) {
  const response = await fetch(url, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.detail || `The application answered ${response.status}.`);
  }
  return body;
}

const soFar = run => element('p', { class: 'so-far' }, run.status === 'running' ? 'So far:' : 'Until it stopped:');

const settings = run => 'Settings: ' + Object.entries(run.settings).map(([key, value]) => `${key} ${value}`).join(', ');

function tasksOutcome(run) {
  const tasks = run.result;
  const verdict = `${number(tasks.done)} of ${plural(tasks.tasks, 'task', 'tasks')} done in ${seconds(tasks.millis)}`
    + (tasks.failed ? `, ${number(tasks.failed)} failed` : '') + `; the server got ${plural(tasks.callsAtServer, 'call', 'calls')}.`;
  const made = [run.status === 'done' ? element('ul', { class: 'verdict' }, element('li', {}, verdict)) : soFar(run)];
  made.push(element('div', { class: 'sides three' }, ...[[tasks.waiting, 'wait'], [tasks.running, 'run'], [tasks.done, 'done']]
    .map(([count, what]) => element('div', { class: 'side evenkeel' },
      element('div', { class: 'big' }, number(count)), element('div', { class: 'what' }, what)))));
  made.push(element('p', { class: 'so-far' }, settings(run)));
  if (tasks.failures.length) {
    made.push(element('ul', { class: 'kinds', 'aria-label': 'Failures by kind, each with the first message' }, ...tasks.failures.map(failure =>
      element('li', {}, element('b', {}, `${number(failure.count)} × ${failure.kind}`), ' ', element('span', { class: 'example' }, failure.example)))));
  }
  return made;
}

function verdict(view, run) {
  return run.status === 'done'
    ? element('ul', { class: 'verdict' }, ...SIDES.map(([id, name]) =>
      element('li', { class: id }, element('b', {}, name), ': ', view.verdict(run.result[id]), '.')))
    : soFar(run);
}

const sidesOutcome = (view, run) => [verdict(view, run), ...sidesNumbers(view, run)];

function sidesNumbers(view, run) {
  const result = run.result;
  const made = [];
  made.push(element('div', { class: 'sides' }, ...SIDES.map(([id, name]) =>
    element('div', { class: `side ${id}` },
      element('h3', {}, name),
      element('div', { class: 'big' }, number(view.big(result[id]))),
      element('div', { class: 'what' }, view.what(result[id]))))));
  made.push(element('table', {},
    element('caption', {}, settings(run)),
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Counted'),
      ...SIDES.map(([, name]) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...view.rows.map(([label, read]) => {
      const values = SIDES.map(([id]) => read(result[id]));
      const style = values[0] === values[1] ? { class: 'same' } : {};
      return element('tr', {}, element('th', { scope: 'row' }, label), ...values.map(value => element('td', style, value)));
    }))));
  const kinds = SIDES.flatMap(([id, name]) => result[id].failures.map(failure =>
    element('li', {}, element('span', { class: `of ${id}` }, name), ' ', element('b', {}, `${number(failure.count)} × ${failure.kind}`),
      ' ', element('span', { class: 'example' }, failure.example))));
  if (kinds.length) {
    made.push(element('ul', { class: 'kinds', 'aria-label': 'Failures by kind, each with the first message' }, ...kinds));
  }
  return made;
}

/** The charts stay, and with them what is open and where the focus is; the rest is made anew. */
function showOverload(place, run) {
  if (!place.curves) {
    place.append(element('div', { class: 'head', 'aria-live': 'polite' }), element('div'), element('div'));
    place.curves = new Curves(place.children[1], SIDES);
  }
  const head = run.status === 'done' ? element('p', { class: 'verdict' }, `${run.result.verdict}.`) : soFar(run);
  if (place.firstChild.textContent !== head.textContent) {
    place.firstChild.replaceChildren(head);
  }
  place.curves.show(run.settings, run.result);
  place.lastChild.replaceChildren(...sidesNumbers(VIEWS.overload, run));
}

class Card {
  constructor(section) {
    this.name = section.dataset.experiment;
    this.view = VIEWS[this.name];
    this.section = section;
    section.append(document.getElementById('parts').content.cloneNode(true));
    this.form = section.querySelector('form');
    this.find = selector => section.querySelector(selector);
    this.find('progress').setAttribute('aria-label', 'Progress of ' + this.find('h2').textContent);
    this.form.addEventListener('submit', event => { event.preventDefault(); this.start(); });
    this.form.addEventListener('input', () => this.showCurl());
    this.find('.copy').addEventListener('click', () => this.copy());
    if (this.view.stoppable) {
      const stop = element('button', { type: 'button', class: 'stop', 'aria-label': 'Stop ' + this.find('h2').textContent }, 'Stop');
      stop.addEventListener('click', () => this.stop());
      this.find('.running').append(stop);
    }
    this.showCurl();
  }

  query() {
    return new URLSearchParams(new FormData(this.form)).toString();
  }

  showCurl() {
    this.find('.curl code').textContent = `curl -X POST '${location.origin}/experiments/${this.name}?${this.query()}${this.view.waiting ?? '&wait=true'}'`;
  }

  async copy() {
    const button = this.find('.copy');
    try {
      await navigator.clipboard.writeText(this.find('.curl code').textContent);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Select it';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  }

  start() {
    return this.tell('POST', `experiments/${this.name}?${this.query()}`);
  }

  stop() {
    return this.tell('DELETE', `experiments/${this.name}`);
  }

  async tell(method, url) {
    this.problem('');
    try {
      this.show(await request(url, { method }));
      poll();
    } catch (error) {
      this.problem(error instanceof TypeError ? 'The application does not answer. Is it still running?' : error.message);
    }
  }

  problem(text) {
    const problem = this.find('.problem');
    problem.textContent = text;
    problem.hidden = !text;
  }

  show(run) {
    const running = run.status === 'running';
    this.find('.running').hidden = !running;
    this.find('progress').value = run.progress;
    this.find('.state').textContent = running ? `Running, ${Math.round(run.progress * 100)} %` : '';
    if (run.status === 'failed' && this.shown !== run.status) {
      this.problem(`The experiment did not come to its end: ${run.error}`);
    }
    const key = run.status + JSON.stringify(run.result);
    if (run.result && key !== this.key) {
      const outcome = this.find('.outcome');
      outcome.hidden = false;
      if (this.view.update) {
        this.view.update(outcome, run);
      } else {
        outcome.replaceChildren(...this.view.outcome ? this.view.outcome(run) : sidesOutcome(this.view, run));
      }
    }
    this.key = key;
    this.shown = run.status;
  }

  /** The numbers of a run that was under way go stale when nobody tells new ones. */
  lost() {
    this.find('.running').hidden = true;
    if (this.shown === 'running' || this.shown === 'failed') {
      this.find('.so-far')?.replaceChildren('As last seen, which is not how it stands now:');
      this.key = undefined;
    }
  }

  enable(enabled) {
    this.find('button[type=submit]').disabled = !enabled;
  }
}

const cards = [...document.querySelectorAll('[data-experiment]')].map(section => new Card(section));
const notice = document.getElementById('notice');
let timer;

async function poll() {
  clearTimeout(timer);
  let pause = 2000;
  try {
    const overview = await request('experiments');
    notice.hidden = true;
    showTransport(overview);
    const busy = overview.experiments.some(run => run.status === 'running');
    for (const card of cards) {
      card.show(overview.experiments.find(run => run.experiment === card.name));
      card.enable(!busy);
    }
    pause = busy ? 500 : 2000;
    showMeters(await request('meters'));
  } catch (error) {
    const gone = error instanceof TypeError;
    notice.textContent = gone
      ? 'The web server of the application does not answer. This page shows what it last said and keeps trying. '
        + 'If you pressed Ctrl-C, look at the terminal: its last lines are there.' : error.message;
    notice.hidden = false;
    cards.forEach(card => { card.enable(false); if (gone) card.lost(); });
  }
  clearTimeout(timer);
  timer = setTimeout(poll, pause);
}

function showTransport(overview) {
  const same = document.getElementById('same');
  same.hidden = !overview.sameAsStock;
  same.textContent = `Evenkeel is switched off or not on the class path: the “Evenkeel” side runs on ${overview.transport}, as the stock side does.`;
  document.getElementById('timeouts').textContent = `(connect ${overview.connectTimeout}, read ${overview.readTimeout})`;
  document.getElementById('threads').textContent = overview.backgroundThreads;
  document.getElementById('patience').textContent = overview.backgroundPatience;
  document.getElementById('told').hidden = overview.sameAsStock;
}

function statistic(name, value, unit) {
  const inMillis = unit === 'seconds' && Math.abs(value) < 1;
  const shown = (inMillis ? value * 1000 : value).toLocaleString('en', { maximumFractionDigits: 2 });
  const withUnit = unit && name !== 'count' ? ` ${unit === 'seconds' ? (inMillis ? 'ms' : 's') : unit}` : '';
  return element('span', { class: 'stat' }, name === 'value' ? '' : `${name} `, element('b', {}, shown), withUnit);
}

function showMeters(meters) {
  const place = document.getElementById('meters');
  const wanted = document.getElementById('filter').value.trim().toLowerCase();
  const shown = meters.filter(meter => (meter.name + JSON.stringify(meter.tags)).toLowerCase().includes(wanted));
  if (shown.length === 0) {
    place.replaceChildren(element('p', {}, meters.length ? 'No meter matches.' : 'There is none so far.'));
    return;
  }
  const rows = shown.map(meter => element('tr', { title: meter.description ?? '' },
    element('th', { scope: 'row' }, meter.name),
    element('td', {}, ...Object.entries(meter.tags).map(([key, value]) => element('span', { class: 'tag' }, `${key}=${value}`))),
    element('td', {}, ...Object.entries(meter.statistics).map(([name, value]) => statistic(name, value, meter.unit)))));
  const table = element('table', {},
    element('caption', {}, shown.length === meters.length ? plural(meters.length, 'meter', 'meters') : `${shown.length} of ${plural(meters.length, 'meter', 'meters')}`),
    element('thead', {}, element('tr', {}, ...['Name', 'Tags', 'Now'].map(title => element('th', { scope: 'col' }, title)))),
    element('tbody', {}, ...rows));
  const top = place.scrollTop;
  place.replaceChildren(table);
  place.scrollTop = top;
}

document.querySelectorAll('.origin').forEach(span => { span.textContent = location.origin; });
document.getElementById('filter').addEventListener('input', poll);
poll();
