/** What people put their namespace in the place of. */
const PLACEHOLDER = '<YOUR_NAMESPACE>';

/**
 * A PodDefault that mounts a ServiceAccount token into each new notebook that
 * is labelled for it (deployKF's guide, "ServiceAccount Token").
 *
 * @param namespace - Where the notebooks are; `null` leaves a blank to fill in.
 * @returns YAML for `kubectl apply -f -`.
 */
export function podDefaultYaml(namespace: string | null): string {
  return `apiVersion: kubeflow.org/v1alpha1
kind: PodDefault
metadata:
  name: kubeflow-pipelines-api-token
  namespace: "${namespace ?? PLACEHOLDER}"
spec:
  desc: "Allow access to the Kubeflow Pipelines API"
  selector:
    matchLabels:
      kubeflow-pipelines-api-token: "true"
  env:
    - name: KF_PIPELINES_SA_TOKEN_PATH
      value: /var/run/secrets/kubeflow/pipelines/token
  volumes:
    - name: kubeflow-pipelines-api-token
      projected:
        sources:
          - serviceAccountToken:
              path: token
              expirationSeconds: 7200
              audience: pipelines.kubeflow.org
  volumeMounts:
    - name: kubeflow-pipelines-api-token
      mountPath: /var/run/secrets/kubeflow/pipelines
      readOnly: true
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
