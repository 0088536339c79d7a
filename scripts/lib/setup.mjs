// What a fresh checkout needs, step by step.
import fs from 'node:fs';
import path from 'node:path';
import { alone } from './lock.mjs';
import { BUILD, ROOT, venv, venvProgram } from './paths.mjs';
import { findPython } from './python.mjs';
import { Failed, inForeground, quietly } from './run.mjs';
import { step } from './steps.mjs';

const FRONT_END = ['src', 'style', 'schema', 'tsconfig.json', 'package.json', 'yarn.lock'];
const PACKAGE = ['jupyterlab_deploykf', 'pyproject.toml', 'package.json', 'README.md', 'install.json', 'jupyter-config', ...FRONT_END];
const WHEELS = path.join(BUILD, 'dist');

function environmentStep(name, title) {
  const requirements = `requirements/${name}.txt`;
  return step({
    name: `venv-${name}`,
    title,
    inputs: [requirements],
    outputs: [venvProgram(name, 'python')],
    work: async () => {
      fs.rmSync(venv(name), { recursive: true, force: true });
      await quietly(`venv-${name}`, findPython(), ['-m', 'venv', venv(name)]);
      await quietly(`venv-${name}`, venvProgram(name, 'python'), [
        '-m', 'pip', 'install', '--quiet', '-r', requirements
      ]);
    }
  });
}

async function extensionSteps() {
  await step({
    name: 'node-modules',
    title: 'Installing the Node.js modules of the front end (about 2 minutes, once)',
    inputs: ['package.json', 'yarn.lock', '.yarnrc.yml'],
    outputs: [path.join(ROOT, 'node_modules', '.yarn-state.yml')],
    work: () => quietly('node-modules', venvProgram('lab', 'jlpm'), ['install', '--immutable'])
  });
  await step({
    name: 'front-end',
    title: 'Building the front end (about 20 s)',
    inputs: FRONT_END,
    outputs: [path.join(ROOT, 'jupyterlab_deploykf', 'labextension', 'package.json')],
    work: async () => {
      // A bundle that is there already would be taken as it is.
      fs.rmSync(path.join(ROOT, 'jupyterlab_deploykf', 'labextension'), { recursive: true, force: true });
      await quietly('front-end', venvProgram('lab', 'jlpm'), ['build:prod']);
    }
  });
  await step({
    name: 'wheel',
    title: 'Building the wheel, as it is published',
    inputs: PACKAGE,
    outputs: [WHEELS],
    work: async () => {
      fs.rmSync(WHEELS, { recursive: true, force: true });
      await quietly('wheel', venvProgram('lab', 'python'), [
        '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '--wheel-dir', WHEELS, '.'
      ]);
    }
  });
}

function installStep(name) {
  return step({
    name: `install-${name}`,
    title: `Installing the wheel into ${path.relative(ROOT, venv(name))}`,
    inputs: ['.build/dist', `requirements/${name}.txt`],
    outputs: [],
    work: () => {
      const wheel = fs.readdirSync(WHEELS).find(file => file.endsWith('.whl'));
      return quietly(`install-${name}`, venvProgram(name, 'python'), [
        '-m', 'pip', 'install', '--quiet', '--no-deps', '--force-reinstall', path.join(WHEELS, wheel)
      ]);
    }
  });
}

async function goBinaries() {
  if ((await inForeground(venvProgram('lab', 'python'), ['-m', 'testbench', 'build'])) !== 0) {
    throw new Failed('Dex and oauth2-proxy could not be built; what was said stands above.');
  }
}

/**
 * Have everything that is needed, in .build and node_modules; nothing outside
 * the checkout is touched.
 *
 * @param kernels the kernels' environments: kfp1, kfp2
 */
export function setUp(kernels) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Failed(`Node.js 20 or newer is needed; this is ${process.version}.`);
  }
  return alone(async () => {
    await environmentStep('lab', 'Installing JupyterLab and the test bench into .build/venv/lab (about 40 s, once)');
    const titles = {
      kfp1: 'Installing kfp 1.8 into a kernel of its own, .build/venv/kfp1 (about 40 s, once)',
      kfp2: 'Installing kfp 2 into a kernel of its own, .build/venv/kfp2 (about 30 s, once)'
    };
    await Promise.all([
      extensionSteps(),
      (async () => {
        for (const kernel of kernels) {
          await environmentStep(kernel, titles[kernel]);
        }
        await goBinaries();
      })()
    ]);
    for (const name of ['lab', ...kernels]) {
      await installStep(name);
    }
  });
}
