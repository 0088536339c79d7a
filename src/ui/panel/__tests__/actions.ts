import { trans } from '../../../__tests__/support';
import { toProblem } from '../../../bridge/problem';

/** What the panel can do, noted and not done. */
export function fakeActions() {
  return {
    login: jest.fn(),
    refresh: jest.fn(async () => undefined),
    logout: jest.fn(),
    check: jest.fn(),
    saveCluster: jest.fn(async () => undefined),
    remove: jest.fn(),
    insertCell: jest.fn(),
    reload: jest.fn(),
    explain: (error: unknown) => toProblem(error, trans)
  };
}
