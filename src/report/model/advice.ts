/**
 * What to do about a run: for each thing that was found, what it usually comes of and the next steps. The worst first;
 * what a first failure implies is not repeated. Pure.
 */
import { CHECK_NAMES, type CheckName, IMPLIES } from '../../core/check.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { formatCount, formatShare } from '../../core/units.ts'
import { hasUnreadAnswers } from '../../core/unread-answers.ts'
import { ADVICE_OF_FAILED } from './advice-of-checks.ts'
import { wholeSteps } from './cut-steps.ts'
import type { Advice } from './page.ts'

/** Below this share of requests that left at their moment, a step shows nothing but that (src/run/verdict.ts). */
const ON_TIME_SHARE = 0.99

export function adviceFor(record: RunRecord): Advice[] {
  const items = [
    ...failedChecks(record),
    ...endings(record),
    ...unreadAnswers(record),
    ...saturation(record),
    ...missedThresholds(record),
    ...lateGenerator(record),
    ...doubts(record),
  ]
  return items.length > 0 || record.verdict === null ? items : passed(record)
}

function failedChecks({ checks }: RunRecord): Advice[] {
  const failed = CHECK_NAMES.filter((name) => checks.some(({ check, verdict }) => check === name && verdict === 'fail'))
  const implied = new Set<CheckName>()
  const items: Advice[] = []
  for (const name of failed) {
    if (!implied.has(name)) {
      const beside = (IMPLIES[name] ?? []).filter((other) => failed.includes(other))
      const along = beside.length === 0 ? '' : ` (and with it ${beside.join(', ')})`
      items.push({ finding: `${name} failed${along}`, mood: 'bad', ...ADVICE_OF_FAILED[name] })
    }
    for (const other of IMPLIES[name] ?? []) implied.add(other)
  }
  return items
}

function endings({ endedBy, endedEarly }: RunRecord): Advice[] {
  switch (endedBy) {
    case 'environment':
      return [
        {
          finding: `The run ended early: ${(endedEarly ?? '').split('\n', 1)[0]}`,
          cause: 'Something that the sale needs could not be started or reached, or died.',
          actions: [
            'doorbuster doctor shows where Postgres and Redis come from here, and what is missing.',
            "Read the target's last words in run.json (endedEarly).",
          ],
          mood: 'doubtful',
        },
      ]
    case 'interrupted':
      return [
        {
          finding: 'The run was interrupted.',
          cause: 'Ctrl-C, or a process that was ended. What stands here was measured until then.',
          actions: ['Run it again to its end.'],
          mood: 'doubtful',
        },
      ]
    case 'fail-fast':
      return [
        {
          finding: 'The run was ended at its first violation (--fail-fast).',
          cause: 'It shows that the sale was wrong, and not how wrong.',
          actions: ['Run it without --fail-fast for all figures.'],
          mood: 'doubtful',
        },
      ]
    case null:
      return []
  }
}

function unreadAnswers({ steps }: RunRecord): Advice[] {
  if (!steps.some(hasUnreadAnswers)) return []
  return [
    {
      finding: 'Many answers could not be made sense of.',
      cause: 'The outcomes of the descriptor have no rule for them, or the target answered with errors.',
      actions: [
        'doorbuster run ... --dry-run shows one buy and what is made of its answer.',
        'Add a rule under outcomes for each answer that is meant to be one.',
      ],
      mood: 'doubtful',
    },
  ]
}

function saturation({ steps }: RunRecord): Advice[] {
  const saturated = wholeSteps({ steps }).find((step) => step.saturated)
  if (saturated === undefined) return []
  const rates = `${formatCount(saturated.achievedRatePerSec)}/s of ${formatCount(saturated.offeredRatePerSec ?? 0)}/s`
  return [
    {
      finding: `The target was saturated in step ${saturated.index + 1}: ${rates}.`,
      cause: 'It did not keep up: requests were dropped at the bound, told "busy", or timed out.',
      actions: [
        'See below which process had no CPU left. If none had: look for waiting, for locks, connections, or the disk.',
        'Fewer round trips and shorter transactions carry further than more processes do, where all wait for one row.',
        'Say in the scenario what rate is needed: below the knee the target is right and in time.',
      ],
      mood: 'doubtful',
    },
  ]
}

function missedThresholds({ thresholds, steps }: RunRecord): Advice[] {
  const saturated = new Set(steps.filter((step) => step.saturated).map(({ index }) => index))
  const missed = thresholds.filter(({ verdict, step }) => verdict === 'fail' && !saturated.has(step ?? -1))
  const first = missed[0]
  if (first === undefined) return []
  const more = missed.length > 1 ? `, and ${missed.length - 1} more` : ''
  return [
    {
      finding: `${first.expression} was missed: ${first.sentence}${more}.`,
      ...causeOfMissed(first.metric),
      mood: 'doubtful',
    },
  ]
}

function causeOfMissed(metric: string): Pick<Advice, 'cause' | 'actions'> {
  if (/^(?:service\.)?(?:p\d+|mean|max)$/.test(metric)) {
    return {
      cause: 'Requests waited: in a queue in front of a busy process, for a lock, for a connection, or for a commit.',
      actions: [
        'Compare the median with p99: if both are high, it is too slow at this load; if p99 alone, something stalls now and then.',
        'See over time when it was slow: before the sell-out buyers write, after it they are only refused.',
      ],
    }
  }
  if (metric === 'errorRate' || metric === 'unknown' || metric === 'refused' || metric === 'dropped') {
    return {
      cause: 'Requests were refused, dropped, or never answered.',
      actions: ['The codes stand under the outcomes: BUSY and TIMEOUT say too much load, others say what went wrong.'],
    }
  }
  if (metric === 'unsold') {
    return {
      cause: 'Units were left when the sale was over.',
      actions: ['Were buyers turned away without good reason, or did too few come? See sold-through among the checks.'],
    }
  }
  return {
    cause: 'Less was achieved than was asked for.',
    actions: ['See below which process had no CPU left, and what buyers were told in place of an answer.'],
  }
}

function lateGenerator({ steps }: RunRecord): Advice[] {
  const late = wholeSteps({ steps }).find(({ saturated, onTimeShare }) => !saturated && onTimeShare < ON_TIME_SHARE)
  if (late === undefined) return []
  return [
    {
      finding: `The generator was late in step ${late.index + 1}: ${formatShare(late.onTimeShare)} of the requests left at their moment.`,
      cause: 'The machine that made the load had no CPU left for it, so times of that step are partly its own.',
      actions: [
        'Close what else runs on this machine, or ask for a lower rate.',
        'Put the target on another machine: run --target, with its descriptor.',
      ],
      mood: 'doubtful',
    },
  ]
}

function doubts({ checks, thresholds }: RunRecord): Advice[] {
  const check = checks.find(({ verdict }) => verdict === 'unknown')
  const samples = thresholds.find(({ verdict, sentence }) => verdict === 'unknown' && sentence.includes('samples'))
  const other = thresholds.find(({ verdict, sentence }) => verdict === 'unknown' && !sentence.includes('samples'))
  const items: Advice[] = []
  if (check !== undefined) {
    items.push({
      finding: `${check.check} could not be decided: ${check.sentence}.`,
      cause: 'What was recorded holds both answers. Nobody is accused of what may be right, and nobody is cleared.',
      actions: [
        'Let the target settle before its ledger is read (settle in the descriptor), and let orders carry the request id.',
        'A sale in which nothing was sold shows nothing: open it with stock, and let buyers come.',
      ],
      mood: 'doubtful',
    })
  }
  if (samples !== undefined) {
    items.push({
      finding: `Too few samples: ${samples.sentence}.`,
      cause: 'A high percentile of few requests is chance.',
      actions: ['Run longer (--duration) or at a higher rate (--rate), or ask for a lower percentile.'],
      mood: 'doubtful',
    })
  }
  if (other !== undefined) {
    items.push({
      finding: `${other.expression} could not be judged: ${other.sentence}.`,
      cause: 'What it is held against was not measured, or the generator may have been the cause.',
      actions: ['Run it again on a machine with nothing else to do.'],
      mood: 'doubtful',
    })
  }
  return items
}

function passed({ checks, steps }: RunRecord): Advice[] {
  if (checks.length === 0) return []
  const unchecked = CHECK_NAMES.filter((name) => {
    const results = checks.filter(({ check }) => check === name)
    return results.length > 0 && results.every(({ verdict }) => verdict === 'not-checked')
  })
  const top = Math.max(0, ...steps.map(({ achievedRatePerSec }) => achievedRatePerSec))
  return [
    {
      finding: 'Nothing went wrong.',
      cause: `It was right at up to ${formatCount(top)}/s, with these buyers and this stock. That says nothing of more load, or of more processes.`,
      actions: [
        'Raise the rate until it no longer holds: doorbuster run staircase-12800.',
        'Run it with several processes (--instances 2), and with answers that get lost (--lose-replies 1%).',
        ...(unchecked.length === 0 ? [] : [`Not checked here: ${unchecked.join(', ')}. The table of checks says why.`]),
      ],
      mood: 'good',
    },
  ]
}
