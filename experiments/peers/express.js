#!/usr/bin/env node

/*
 * Peer       Express, a blocking task on Node's one thread
 * Plateau    1: Node has one thread; worker_threads and cluster add others
 * Note       While a sync task runs, no request is answered either.
 * Install    npm install --no-save --no-package-lock --prefix experiments/peers express@5.3.0
 * Run it     node experiments/peers/express.js
 */

const express = require('express')
const fs = require('fs')
const { parseArgs } = require('util')
const { threadId } = require('worker_threads')

const usage = 'Usage: node express.js [--port N] [--task-time 3s] [--tasks N] [--events FILE]'
const options = read()
if (options.help) {
  console.log(usage)
  process.exit()
}
const [, time, unit] = options['task-time'].match(/^(\d+)(ms|s)$/) ?? misuse('--task-time: write 3s or 250ms')
const taskTime = unit === 's' ? time * 1000 : Number(time) // milliseconds
const tasks = Number(options.tasks)
if (!(tasks >= 1)) misuse('--tasks must be a number from 1 on')
const events = options.events && fs.openSync(options.events, 'w') // undefined if nobody asked for rows
let requests = 0

const anchor = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) // the wall clock, asked once
const anchorNanos = process.hrtime.bigint() // from here the monotonic one counts

if (events) fs.writeSync(events, 'request,task,mode,thread,received,queued,started,ended,outcome\n')
const http = express().get('/', endpoint).listen(Number(options.port), '127.0.0.1', error => {
  if (error) throw error
  console.error('INFO:     Express %s listens on http://127.0.0.1:%d (Press CTRL+C to quit)',
    require('express/package.json').version, http.address().port)
})

function endpoint(request, response) {
  const mode = BigInt(request.query.as_async ?? '0') === 0n ? 'sync' : 'async'
  const task = { request: requests++, index: 0, mode, received: now() }
  process.stdout.write(`main thread: ${threadId}\n`)
  response.on('finish', () => begin(task)).json('ok')
}

/** Hands one task of a request over; its end does the same with the next. */
function begin(task) {
  task.queued = now()
  if (task.mode === 'sync') setImmediate(block, task)
  else wait(task)
}

/** Blocks the thread, which does nothing else meanwhile. */
function block(task) {
  task.started = now()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, taskTime)
  end(task)
}

/** Waits on the event loop, which does other things meanwhile. */
function wait(task) {
  task.started = task.queued
  setTimeout(end, taskTime, task)
}

function end(task) {
  const { request, index, mode, received, queued, started } = task
  const ended = now()
  process.stdout.write(`${ended.replace('T', ' ').replace('Z', '')} [${threadId}]${index} ${mode} end\n`)
  if (events) fs.writeSync(events, [request, index, mode, threadId, received, queued, started, ended, 'ok'].join() + '\n')
  if (index + 1 < tasks) begin({ ...task, index: index + 1 })
}

function read() {
  try {
    return parseArgs({ options: {
      'port': { type: 'string', default: '8000' },
      'task-time': { type: 'string', default: '3s' },
      'tasks': { type: 'string', default: '3' },
      'events': { type: 'string' },
      'help': { type: 'boolean' }
    } }).values
  } catch (error) {
    misuse(error.message)
  }
}

function misuse(message) {
  console.error(message + '\n' + usage)
  process.exit(2)
}

/** The moment, to the microsecond. */
function now() {
  const micros = anchor + (process.hrtime.bigint() - anchorNanos) / 1000n
  return new Date(Number(micros / 1000n)).toISOString().replace('Z', String(micros % 1000n).padStart(3, '0') + 'Z')
}
