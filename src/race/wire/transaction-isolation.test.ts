import { describe, expect, it } from 'vitest'
import { statementsOf } from './sql-words.ts'
import { startup } from './testing/postgres-messages.ts'
import { TransactionIsolation } from './transaction-isolation.ts'

function isAbove(statements: string, parameters: Readonly<Record<string, string>> = { user: 'shop' }): boolean {
  const isolation = new TransactionIsolation(startup(parameters))
  for (const statement of statementsOf(statements)) isolation.note(statement)
  return isolation.snapshot !== 'own'
}

describe('the isolation of what is read', () => {
  it.each([
    'BEGIN ISOLATION LEVEL SERIALIZABLE',
    'BEGIN TRANSACTION READ WRITE, ISOLATION LEVEL REPEATABLE READ',
    'START TRANSACTION ISOLATION LEVEL repeatable read; SELECT 1',
    'BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    `BEGIN; SET LOCAL transaction_isolation = 'serializable'`,
    'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE',
    `SET default_transaction_isolation TO 'repeatable read'`,
    'SET default_transaction_isolation = serializable; BEGIN; COMMIT',
    'BEGIN ISOLATION LEVEL SERIALIZABLE; ROLLBACK TO SAVEPOINT a',
    'BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT AND CHAIN',
  ])('is above READ COMMITTED behind %s', (statements) => {
    expect(isAbove(statements)).toBe(true)
  })

  it.each([
    '',
    'BEGIN',
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    'BEGIN ISOLATION LEVEL READ UNCOMMITTED',
    'BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT',
    'BEGIN ISOLATION LEVEL SERIALIZABLE; ROLLBACK AND NO CHAIN',
    'BEGIN ISOLATION LEVEL SERIALIZABLE; END; BEGIN',
    'SET default_transaction_isolation = serializable; RESET default_transaction_isolation',
    'SET default_transaction_isolation = serializable; DISCARD ALL',
    'SET default_transaction_isolation = serializable; BEGIN ISOLATION LEVEL READ COMMITTED',
    `SET application_name = 'serializable'`,
  ])('is not above it behind %s', (statements) => {
    expect(isAbove(statements)).toBe(false)
  })

  it.each([
    [{ options: '-c default_transaction_isolation=serializable' }, true],
    [{ options: '-c default_transaction_isolation=repeatable\\ read' }, true],
    [{ default_transaction_isolation: 'serializable' }, true],
    [{ default_transaction_isolation: 'read committed' }, false],
    [{ application_name: 'serializable' }, false],
  ])('begins as the connection asks: %o', (parameters, expected) => {
    expect(isAbove('', parameters)).toBe(expected)
    expect(isAbove('BEGIN', parameters)).toBe(expected)
  })
})
