/** What people put their namespace in the place of. */
const PLACEHOLDER = '<YOUR_USER_PROFILE_NAMESPACE>';

/**
 * What Kubeflow's form for a new notebook shows beside the checkbox: the `desc`
 * of deployKF's own PodDefault, and of the one in its guide.
 */
export const CHECKBOX =
  'Mount a serviceAccountToken to authenticate with Kubeflow Pipelines API';

/**
 * A PodDefault that mounts a ServiceAccount token into each new notebook that
 * is labelled for it (deployKF's guide, "Automatically Mount a Token Volume
 * with PodDefaults"). deployKF makes one of another name where it is told to.
 *
 * @param namespace - Where the notebooks are; `null` leaves a blank to fill in.
 * @returns YAML for `kubectl apply -f -`.
 */
export function podDefaultYaml(namespace: string | null): string {
  return `apiVersion: kubeflow.org/v1alpha1
kind: PodDefault
metadata:
  name: my-kfp-api-token
  namespace: "${namespace ?? PLACEHOLDER}"
spec:
  desc: "${CHECKBOX}"
  selector:
    matchLabels:
      my-kfp-api-token: "true"
  env:
    - name: KF_PIPELINES_SA_TOKEN_PATH
      value: /var/run/secrets/kubeflow/pipelines/token
  volumes:
    - name: volume-kf-pipeline-token
      projected:
        sources:
          - serviceAccountToken:
              path: token
              expirationSeconds: 7200
              audience: pipelines.kubeflow.org
  volumeMounts:
    - mountPath: /var/run/secrets/kubeflow/pipelines
      name: volume-kf-pipeline-token
      readOnly: true
`;
}

/**
 * A Pod that mounts a ServiceAccount token by itself (deployKF's guide,
 * "Manually Mount a Token Volume").
 *
 * @param namespace - Where it runs; `null` leaves a blank to fill in.
 */
export function podYaml(namespace: string | null): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: access-kfp-example
  namespace: "${namespace ?? PLACEHOLDER}"
spec:
  ## NOTE: the token will be for the service account of the Pod
  serviceAccountName: default-editor
  containers:
    - image: hello-world:latest
      name: hello-world
      env:
        - name: KF_PIPELINES_SA_TOKEN_PATH
          value: /var/run/secrets/kubeflow/pipelines/token
      volumeMounts:
        - mountPath: /var/run/secrets/kubeflow/pipelines
          name: volume-kf-pipeline-token
          readOnly: true
  volumes:
    - name: volume-kf-pipeline-token
      projected:
        sources:
          - serviceAccountToken:
              path: token
              expirationSeconds: 7200
              audience: pipelines.kubeflow.org
`;
}

/**
 * The values with which deployKF makes such a PodDefault in every profile's
 * namespace (deployKF's guide, same place).
 */
export const PLATFORM_VALUES = `kubeflow_tools:
  pipelines:
    profileResourceGeneration:
      kfpApiTokenPodDefault: true
`;
