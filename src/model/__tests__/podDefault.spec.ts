import { podDefaultYaml, podYaml } from '../podDefault';

const MOUNT = [
  'audience: pipelines.kubeflow.org',
  'expirationSeconds: 7200',
  'path: token',
  'mountPath: /var/run/secrets/kubeflow/pipelines',
  'value: /var/run/secrets/kubeflow/pipelines/token'
];

describe('the objects of deployKF’s guide', () => {
  it.each([
    ['the PodDefault', podDefaultYaml],
    ['the Pod', podYaml]
  ])('%s mounts a token for Kubeflow Pipelines', (_, yaml) => {
    for (const line of MOUNT) {
      expect(yaml('team-1')).toContain(line);
    }
  });

  it('a PodDefault takes no name that deployKF has for its own', () => {
    const yaml = podDefaultYaml('team-1');
    expect(yaml).toContain('  name: my-kfp-api-token\n');
    expect(yaml).toContain('      my-kfp-api-token: "true"\n');
    expect(yaml).not.toContain('kubeflow-pipelines-api-token');
  });
});
