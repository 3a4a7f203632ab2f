#!/usr/bin/env node

/*
 * Peer       Express, a blocking task on Node's one thread
 * Note       While a sync task runs, no request is answered either. worker_threads and cluster add threads.
 * Install    npm install --no-save --no-package-lock --prefix experiments/peers express@5.3.0
 * Run it     node experiments/peers/express.js
 */

const fs = require('fs')
const { parseArgs } = require('util')
const { threadId } = require('worker_threads')

const express = installed()
const { port, taskTime, tasks, events } = options()
let requests = 0

const anchor = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) // the wall clock, asked once
const anchorNanos = process.hrtime.bigint() // from here the monotonic one counts

if (events) fs.writeSync(events, 'request,task,mode,thread,received,queued,started,ended,outcome\n')
const http = express().get('/', endpoint).listen(port, '127.0.0.1', error => {
  if (error) end(1, `ERROR:    Cannot listen on 127.0.0.1:${port} (${error.message})`)
  const software = 'Express ' + require('express/package.json').version
  const about = {
    peer: "Express, a blocking task on Node's one thread",
    software,
    plateau: 1,
    decidedBy: 'one thread: worker_threads or cluster add others'
  }
  console.error('ABOUT:    %s\nINFO:     %s listens on http://127.0.0.1:%d (Press CTRL+C to quit)',
    JSON.stringify(about), software, http.address().port)
})

function endpoint(request, response) {
  const asAsync = [request.query.as_async ?? '0'].flat().at(-1)
  if (!/^[+-]?\d+$/.test(asAsync)) return response.status(422).json('as_async is not an integer')
  const mode = /^[+-]?0+$/.test(asAsync) ? 'sync' : 'async'
  const task = { request: requests++, index: 0, mode, received: now() }
  process.stdout.write(`main thread: ${threadId}\n`)
  response.on('close', () => begin(task)).json('ok') // it closes when it has been sent, or cannot be
}

/** Submits one task of a request; its end does the same with the next. */
function begin(task) {
  task.queued = now()
  if (task.mode === 'sync') setImmediate(block, task)
  else wait(task)
}

/** Blocks the thread, which does nothing else meanwhile. */
function block(task) {
  task.started = now()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, taskTime)
  ended(task)
}

/** Waits on the event loop, which does other things meanwhile. */
function wait(task) {
  task.started = task.queued
  setTimeout(ended, taskTime, task)
}

function ended(task) {
  const { request, index, mode, received, queued, started } = task
  const moment = now()
  const row = [request, index, mode, threadId, received, queued, started, moment, 'ok']
  if (events) fs.writeSync(events, row.join() + '\n')
  process.stdout.write(`${moment.replace('T', ' ').replace('Z', '')} [${threadId}]${index} ${mode} end\n`)
  if (index + 1 < tasks) begin({ ...task, index: index + 1 })
}

function installed() {
  try {
    return require('express')
  } catch {
    end(1, 'Express is not installed: '
      + 'npm install --no-save --no-package-lock --prefix experiments/peers express@5.3.0')
  }
}

/** The task time in milliseconds; events is an open file, or undefined if nobody asked for rows. */
function options() {
  try {
    const { values } = parseArgs({ options: {
      'port': { type: 'string', default: '8000' },
      'task-time': { type: 'string', default: '3s' },
      'tasks': { type: 'string', default: '3' },
      'events': { type: 'string' },
      'help': { type: 'boolean' }
    } })
    if (values.help) end(0, 'Options: [--port N] [--task-time 3s] [--tasks N] [--events FILE]')
    const [, time, unit] = values['task-time'].match(/^(\d+)(ms|s)$/) ?? wrong('--task-time: write 3s or 300ms')
    if (!/^\d+$/.test(values.port) || values.port > 65535) wrong('--port must be between 0 and 65535')
    if (!/^[1-9]\d*$/.test(values.tasks)) wrong('--tasks must be 1 or more')
    return {
      port: Number(values.port),
      taskTime: unit === 's' ? time * 1000 : Number(time),
      tasks: Number(values.tasks),
      events: values.events && fs.openSync(values.events, 'w')
    }
  } catch (error) {
    end(2, `${error.message}; --help shows the options`)
  }
}

function wrong(message) {
  throw new Error(message)
}

function end(exitCode, message) {
  (exitCode === 0 ? console.log : console.error)(message)
  process.exit(exitCode)
}

/** The moment, to the microsecond. */
function now() {
  const micros = anchor + (process.hrtime.bigint() - anchorNanos) / 1000n
  return new Date(Number(micros / 1000n)).toISOString().replace('Z', String(micros % 1000n).padStart(3, '0') + 'Z')
}
