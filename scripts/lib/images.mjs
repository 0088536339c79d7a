// Environments as users' images have them: packages as of a date, and the wheel installed into them now.
import fs from 'node:fs';
import path from 'node:path';
import { alone } from './lock.mjs';
import { BUILD, ROOT, venv, venvProgram } from './paths.mjs';
import { quietly } from './run.mjs';
import { step } from './steps.mjs';

/** The Python of those images; uv finds it, or fetches it. */
const PYTHON = '3.11';

/**
 * What each takes, from its file in requirements/images: nothing newer than a
 * date, and the oldest versions where `isOldest`, of ours too.
 */
export const IMAGES = {
  'kubeflow-1.9': { newest: '2024-07-22' },
  'jupyterlab-4.2.0': { newest: '2024-05-31', isOldest: true },
  'deploykf-0.1.5': { newest: '2023-11-01' }
};

const LOWEST = ['--resolution', 'lowest-direct'];

/** Where an image's program is. */
export function imageProgram(name, program) {
  return venvProgram(`image-${name}`, program);
}

function uv(name, args) {
  // Its cache is ours too: nothing outside the checkout is touched.
  return quietly(`image-${name}`, venvProgram('lab', 'uv'), args, {
    env: { UV_CACHE_DIR: path.join(BUILD, 'uv'), UV_NO_CONFIG: '1' }
  });
}

async function makeImage(name, { newest, isOldest }) {
  const requirements = `requirements/images/${name}.txt`;
  const python = imageProgram(name, 'python');
  const lowest = isOldest ? LOWEST : [];
  const install = ['pip', 'install', '--quiet', '--python', python];
  const dist = path.join(BUILD, 'dist');
  await step({
    name: `image-${name}`,
    title: `Installing packages of ${newest} into ${path.relative(ROOT, venv(`image-${name}`))}`,
    inputs: [requirements, 'scripts/lib/images.mjs', 'pyproject.toml'],
    outputs: [python],
    work: async () => {
      await uv(name, ['venv', '--quiet', '--clear', '--python', PYTHON, venv(`image-${name}`)]);
      await uv(name, [...install, '--exclude-newer', newest, ...lowest, '-r', requirements]);
      // What ours needs may be newer than the image, as when a user installs it.
      await uv(name, [...install, ...lowest, '-r', 'pyproject.toml']);
    }
  });
  await step({
    name: `install-image-${name}`,
    title: `Installing the wheel into ${path.relative(ROOT, venv(`image-${name}`))}`,
    inputs: ['.build/dist', requirements, 'scripts/lib/images.mjs', 'pyproject.toml'],
    outputs: [],
    work: () => {
      const wheel = fs.readdirSync(dist).find(file => file.endsWith('.whl'));
      return uv(name, [...install, '--no-deps', '--reinstall', path.join(dist, wheel)]);
    }
  });
}

/** Have all of them; the usual set-up comes before. */
export function setUpImages() {
  return alone(async () => {
    for (const [name, image] of Object.entries(IMAGES)) {
      await makeImage(name, image);
    }
  });
}
