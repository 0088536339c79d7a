import { guessIssuer, namespaceOf } from '../address';

it.each([
  ['/notebook/team-1/my-notebook/', 'team-1'],
  ['/notebook/team-1/my-notebook/lab/tree/a.ipynb', 'team-1'],
  ['/notebook/team-1', null],
  ['/user/notebook/team-1/my-notebook/', null],
  ['/lab', null]
])('the namespace of %s is %s', (path, expected) => {
  expect(namespaceOf(path)).toBe(expected);
});

it('a notebook on deployKF stands for its issuer, and no other page does', () => {
  const base = 'https://deploykf.example.com:8443';
  expect(guessIssuer(new URL(`${base}/notebook/team-1/x/`))).toBe(
    `${base}/dex`
  );
  expect(guessIssuer(new URL(`${base}/user/someone/`))).toBeNull();
});
