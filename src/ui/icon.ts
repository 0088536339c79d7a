import { LabIcon } from '@jupyterlab/ui-components';

/**
 * A key on a wheel of spokes: signing in to a platform on Kubernetes.
 */
export const deployKFIcon = new LabIcon({
  name: 'jupyterlab-deploykf:login',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24" fill="none">' +
    '<g class="jp-icon3" stroke="#616161" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round">' +
    '<path d="M12 2.6l8.1 4.7v9.4L12 21.4l-8.1-4.7V7.3zM12 12h5.2M15.2 12v2.4M17.2 12v1.6"/>' +
    '<circle cx="9.6" cy="12" r="2.4"/></g></svg>'
});
